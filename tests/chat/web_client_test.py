#!/usr/bin/python3
"""The JavaScript client and a real server, over a network that breaks."""

import asyncio
import contextlib
import unittest

from tests.chat.peer import chat_server, peer
from tests.chat.proxy import HOW, Proxy
from tests.chat.tokens import guarded_server, token
from tests.chat.web_client import WebClient
from tests.process.client import connect, within
from tests.process.server import Server


async def connection(proxy):
    """The connection that there is at the moment, once there is one."""
    async def poll():
        while not (pairs := proxy.pairs()):
            await asyncio.sleep(0.01)
        return pairs[-1]
    return await within(poll(), "a connection")


class RecoveryTest(unittest.IsolatedAsyncioTestCase):
    async def test_each_event_comes_once_and_in_order(self):
        with chat_server(threads=2) as server:
            async with (Proxy(server.port) as proxy, peer(server, room="lobby") as grace,
                        WebClient(proxy.url("/chat"), idleMs=500, answerMs=500) as ada):
                await ada.join()
                session = await ada.opened()
                number = 0
                for how in HOW * 2:
                    for _ in range(20):
                        await grace.say(f"{number}")
                        number += 1
                    proxy.cut(await connection(proxy), how)
                    for _ in range(20):
                        await grace.say(f"{number}")
                        number += 1
                    self.assertTrue((await ada.take("joined"))[0]["recovered"], how)
                    self.assertEqual(await ada.opened(), session)
                self.assertEqual(await ada.texts(number), [f"{n}" for n in range(number)])
                self.assertEqual(ada.left("message", "gap", "malformed", "failed"), [])

    async def test_a_publish_arrives_once(self):
        with chat_server(threads=2) as server:
            async with (Proxy(server.port) as proxy, peer(server, room="lobby") as grace,
                        WebClient(proxy.url("/chat"), idleMs=500, answerMs=500) as ada):
                await ada.join()
                await ada.opened()
                number = 0
                for how in HOW * 2:
                    for _ in range(20):
                        await ada.do("publish", "lobby", f"{number}")
                        number += 1
                    # Some have arrived, some not, and some acknowledgements are under way.
                    await ada.take("published", f"{number - 20}")
                    proxy.cut(await connection(proxy), how)
                    for _ in range(5):
                        await ada.do("publish", "lobby", f"{number}")
                        number += 1
                    await ada.opened()
                texts = [f"{n}" for n in range(number)]
                self.assertEqual([event["text"] for event in await grace.events(number)], texts)
                self.assertEqual(await ada.texts(number), texts)
                await ada.take("published", texts[-1])
                await grace.pong()
                self.assertEqual(grace.left("message"), [])
                self.assertEqual(ada.left("message", "gap", "malformed", "failed"), [])

    async def test_after_a_restart_of_the_server(self):
        with chat_server() as server:
            async with WebClient(server.url("/chat")) as ada:
                await ada.join(history=10)
                first = await ada.opened()
                for text in ["one", "two"]:
                    await ada.do("publish", "lobby", text)
                    await ada.take("published", text)
                self.assertEqual(await ada.texts(2), ["one", "two"])
                address = server.addresses[0]
                server.stop()
                await ada.take("state", "waiting")
                await ada.do("publish", "lobby", "three")
                with Server(config={"routes": [{"route": "chat"}]}, listen=address):
                    self.assertNotEqual(await ada.opened(), first)
                    gap = (await ada.take("gap"))[0]
                    self.assertEqual((gap["isNewEpoch"], gap["after"], gap["first"]), (True, 2, 1))
                    self.assertEqual((await ada.take("published", "three"))[0]["offset"], 1)
                    self.assertEqual(await ada.texts(1), ["three"])
                self.assertEqual(ada.left("message", "malformed", "failed"), [])


class ClientTest(unittest.IsolatedAsyncioTestCase):
    async def test_presence(self):
        with chat_server(presence={"grace_ms": 20_000}) as server:
            async with (Proxy(server.port) as proxy,
                        WebClient(server.url("/chat"), name="Ada") as ada,
                        WebClient(proxy.url("/chat"), name="Grace") as grace):
                await ada.join()
                await grace.join()
                await grace.opened()
                await self.meets(ada, ["Ada", "Grace"])
                await self.meets(grace, ["Ada", "Grace"])
                # Nobody sees that she was away.
                ada.stash.clear()
                proxy.cut(await connection(proxy), "reset")
                await grace.opened()
                await self.meets(grace, ["Ada", "Grace"])
                await grace.do("leave", "lobby")
                change = (await ada.take("presence"))[0]
                self.assertEqual([member["name"] for member in change["left"]], ["Grace"])
                self.assertEqual((change["count"], change["isNews"]), (1, True))
                await self.meets(ada, ["Ada"])

    async def meets(self, client, names):
        """Waits until these are the members."""
        while True:
            await client.do("members", "lobby")
            members = await client.take("members")
            if members == [names, len(names)]:
                return
            await client.take("presence")

    async def test_many_members_are_read_by_pages(self):
        with chat_server(presence={"interval_ms": 1000}) as server:
            async with contextlib.AsyncExitStack() as stack:
                # Plain clients are members, too.
                for _ in range(150):
                    await stack.enter_async_context(connect(server.url("/chat/lobby")))
                ada = await stack.enter_async_context(WebClient(server.url("/chat"), name="Ada"))
                await ada.join()
                await self.meets(ada, ["Ada", *["guest"] * 150])

    async def test_edits_and_direct_messages(self):
        with chat_server() as server:
            async with (peer(server, room="lobby", name="Grace") as grace,
                        WebClient(server.url("/chat"), name="Ada") as ada):
                await ada.join()
                await ada.do("publish", "lobby", "hello")
                offset = (await ada.take("published", "hello"))[0]["offset"]
                await ada.do("edit", "lobby", offset, "hello!")
                await ada.take("done", "edit")
                self.assertEqual((await grace.take("edit"))["text"], "hello!")
                await grace.say("mine")
                await ada.do("edit", "lobby", offset + 2, "yours")
                self.assertEqual(await ada.take("failed", "edit"), ["not_yours"])
                await ada.do("direct", {"name": "Grace", "room": "lobby"}, "psst")
                direct = await grace.take("direct")
                self.assertEqual((direct["text"], direct["from"]["name"]), ("psst", "Ada"))
                to = {"session": direct["from"]["session"]}
                await grace.ok(type="direct", to=to, text="yes?")
                self.assertEqual((await ada.take("direct"))[0]["text"], "yes?")

    async def test_closing_ends_it(self):
        with chat_server() as server:
            async with WebClient(server.url("/chat")) as ada:
                await ada.opened()
                await ada.do("close")
                await ada.take("state", "closed")
                await ada.ended()
                self.assertEqual(ada.left("failed", "malformed"), [])
                server.wait_log(r"disconnected \(1000\)")


class TokenTest(unittest.IsolatedAsyncioTestCase):
    async def test_it_is_renewed_before_it_expires(self):
        with guarded_server() as server:
            async with WebClient(server.url("/chat"), tokens=[token(life=4), token()]) as ada:
                await ada.join()
                await ada.opened()
                # Expires after hers.
                async with peer(server, room="lobby", token=token("grace", life=4)) as grace:
                    self.assertEqual(await grace.closed(), 4401)
                await ada.do("publish", "lobby", "still here")
                await ada.take("published", "still here")
                self.assertEqual(ada.left("state", "malformed"), [["state", "connecting", {
                    "reason": "", "session": None}]])

    async def test_with_another_one_it_comes_back(self):
        with guarded_server() as server:
            tokens = [token(life=3), token("grace"), token()]
            async with WebClient(server.url("/chat"), tokens=tokens) as ada:
                await ada.join()
                session = await ada.opened()
                about = (await ada.take("state", "waiting"))[0]
                self.assertEqual(about["reason"], "the token has expired")
                self.assertEqual(await ada.opened(), session)
                await ada.do("publish", "lobby", "back")
                await ada.take("published", "back")

    async def test_one_alone_ends_with_it(self):
        with guarded_server() as server:
            async with WebClient(server.url("/chat"), token=token(life=3)) as ada:
                await ada.opened()
                about = (await ada.take("state", "closed"))[0]
                self.assertEqual(about["reason"], "the token has expired")
                await ada.ended()

    async def test_who_is_not_let_in_tries_again(self):
        with guarded_server() as server:
            async with WebClient(server.url("/chat"), tokens=["a.b.c", token()]) as ada:
                about = (await ada.take("state", "waiting"))[0]
                self.assertEqual(about["reason"],
                                 "the server is not there, or does not let this client in")
                await ada.opened()


if __name__ == "__main__":
    unittest.main()
