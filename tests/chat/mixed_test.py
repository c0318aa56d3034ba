#!/usr/bin/python3
"""Plain clients and clients of the protocol in one room."""

import asyncio
import base64
import unittest

from tests.chat.peer import chat_server, peer, peers
from tests.process.client import closed, connect, receive, within

TEXTS = ["hello", "", "é👍", "\x00\x1f\u2028", '{"type": "publish", "id": "1"}', "x" * 100_000]
BINARIES = [b"", b"\x00", b"\xff\xfe\xfd", bytes(range(256)) * 400]


class MixedTest(unittest.IsolatedAsyncioTestCase):
    async def test_what_plain_clients_say(self):
        for threads in [1, 2]:
            with chat_server(threads=threads) as server:
                async with peer(server, room="lobby") as ada, \
                        connect(server.url("/chat/lobby")) as plain, \
                        connect(server.url("/chat/lobby")) as other:
                    sessions = set()
                    for text in TEXTS:
                        await plain.send(text)
                        event = await ada.take("message")
                        self.assertEqual(event["text"], text)
                        self.assertNotIn("binary", event)
                        self.assertEqual(event["from"]["name"], "guest")
                        sessions.add(event["from"]["session"])
                        self.assertEqual(await receive(other), text)
                        self.assertEqual(await receive(plain), text)
                    for message in BINARIES:
                        await plain.send(message)
                        event = await ada.take("message")
                        self.assertEqual(event["text"], "")
                        self.assertEqual(base64.b64decode(event["binary"], validate=True), message)
                        sessions.add(event["from"]["session"])
                        self.assertEqual(await receive(other), message)
                        self.assertEqual(await receive(plain), message)
                    self.assertEqual(len(sessions), 1)
                    await other.send("other")
                    self.assertNotIn((await ada.take("message"))["from"]["session"], sessions)

    async def test_what_they_hear_is_text_as_it_is_and_nothing_else(self):
        with chat_server() as server:
            async with peers(server, "Ada", "Grace") as (ada, grace), \
                    connect(server.url("/chat/lobby")) as plain:
                for text in TEXTS[:-1]:
                    await ada.say(text, **({"data": {"not": "for you"}} if text else {}))
                    self.assertEqual(await receive(plain), text)
                # Without a text, there is nothing for them.
                await ada.ok(type="publish", room="lobby", data="not for you")
                await ada.say("x" * 16384)
                self.assertEqual(await receive(plain), "x" * 16384)
                await ada.ok(type="edit", room="lobby", target=1, text="edited")
                await ada.ok(type="react", room="lobby", target=1, key="+")
                await ada.ok(type="delete", room="lobby", target=1)
                await ada.ok(type="typing", room="lobby", on=True)
                await grace.ok(type="leave", room="lobby")
                await ada.take("presence")
                await ada.say("next")
                self.assertEqual(await receive(plain), "next")

    async def test_they_are_members(self):
        with chat_server() as server:
            async with peer(server, room="lobby", name="Ada") as ada:
                async with connect(server.url("/chat/lobby")) as plain:
                    presence = await ada.take("presence", count=2)
                    # Ada may be in the same frame.
                    [member] = [each for each in presence["joined"] if each["name"] == "guest"]
                    page = await ada.ask(type="members", room="lobby")
                    self.assertEqual(page["count"], 2)
                    self.assertIn(member, page["members"])
                    await plain.send("hello")
                    self.assertEqual((await ada.take("message"))["from"], member)
                # Not the frame with which Ada was alone at first.
                await ada.take("presence", count=1, left=[member["session"]])

    async def test_one_order_for_all(self):
        with chat_server(threads=2) as server:
            async with peers(server, "Ada", "Grace") as (ada, grace), \
                    connect(server.url("/chat/lobby")) as plain, \
                    connect(server.url("/chat/lobby")) as other:
                for number in range(50):
                    await ada.send(type="publish", id=f"p{number}", room="lobby",
                                   text=f"ada {number}")
                    await plain.send(f"plain {number}")
                heard = [await receive(plain) for _ in range(100)]
                self.assertEqual([await receive(other) for _ in range(100)], heard)
                for one in [ada, grace]:
                    events = await one.events(100)
                    self.assertEqual([event["text"] for event in events], heard)
                    self.assertEqual([event["offset"] for event in events], list(range(1, 101)))
                for number in range(50):
                    self.assertEqual((await ada.answer(f"p{number}"))["type"], "ack")

    async def test_one_order_from_the_beginning(self):
        with chat_server(threads=2) as server:
            async with connect(server.url("/chat/lobby")) as plain, \
                    connect(server.url("/chat/lobby")) as other, peer(server) as ada:
                async def talk(client, name):
                    for number in range(100):
                        await client.send(f"{name} {number}")
                        await asyncio.sleep(0)

                talking = asyncio.gather(talk(plain, "plain"), talk(other, "other"))
                # The history begins somewhere in between.
                await ada.join("lobby")
                for number in range(20):
                    await ada.say(f"ada {number}")
                await within(talking, "what they say")
                heard = [await receive(plain) for _ in range(220)]
                events = [await ada.take("message")]
                while events[-1]["text"] != heard[-1]:
                    events.append(await ada.take("message"))
                self.assertEqual([event["offset"] for event in events],
                                 list(range(1, len(events) + 1)))
                self.assertEqual([event["text"] for event in events], heard[-len(events):])

    async def test_a_plain_lobby_and_another_subprotocol(self):
        with chat_server() as server:
            async with peer(server, room="lobby") as ada, \
                    connect(server.url("/chat"), subprotocols=["other"]) as plain:
                self.assertIsNone(plain.subprotocol)
                await plain.send("from /chat")
                self.assertEqual((await ada.take("message"))["text"], "from /chat")
                self.assertEqual(await receive(plain), "from /chat")

    async def test_all_are_told_when_the_server_stops(self):
        with chat_server() as server:
            async with peer(server, room="lobby") as ada, \
                    connect(server.url("/chat/lobby")) as plain:
                self.assertEqual(server.stop(), 0)
                self.assertEqual(await ada.closed(), 1012)
                self.assertEqual((await closed(plain))[0], 1012)


if __name__ == "__main__":
    unittest.main()
