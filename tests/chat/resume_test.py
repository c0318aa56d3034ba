#!/usr/bin/python3
"""Taking an identity up again on another connection."""

import asyncio
import contextlib
import unittest

from tests.chat.peer import chat_server, peer, peers, until


class ResumeTest(unittest.IsolatedAsyncioTestCase):
    async def test_messages_stay_ones_own(self):
        with chat_server(threads=2) as server:
            async with peers(server, "Ada", "Grace") as (ada, grace):
                await ada.say("hello")
                ada.cut()
                async with peer(server) as back:
                    await back.resume(ada)
                    await back.join("lobby", name="Ada")
                    await back.ok(type="edit", room="lobby", target=1, text="hello!")
                    await back.say("again")
                    for kind in ["edit", "message"]:
                        event = await grace.take(kind, text={"edit": "hello!"}.get(kind, "again"))
                        self.assertEqual(event["from"],
                                         {"session": ada.session, "name": "Ada"})

    async def test_the_old_connection_is_closed_with_4001(self):
        for threads in [1, 2]:
            with chat_server(threads=threads) as server:
                async with peer(server, room="lobby") as old, peer(server) as new:
                    await new.resume(old)
                    self.assertEqual(await old.closed(), 4001)
                    joined = await new.join("lobby")
                    self.assertEqual([member["session"]
                                      for member in joined["presence"]["members"]], [old.session])
                    await new.pong()

    async def test_it_may_go_on_for_many_connections(self):
        with chat_server(threads=2) as server:
            async with peer(server) as first:
                first.cut()
            for number in range(10):
                async with peer(server) as back:
                    await back.resume(first)
                    await back.join("lobby")
                    self.assertEqual((await back.say("x", id=f"p{number}"))["offset"], number + 1)
                    if number % 2:
                        back.cut()

    async def test_what_does_not_prove_it(self):
        with chat_server() as server:
            async with peers(server, "Ada", "Grace") as (ada, grace):
                ada.cut()
                async with peer(server) as back:
                    for session, token in [(ada.session, grace.welcome["token"]),
                                           (ada.session, ""), ("", ""), ("nobody", "x"),
                                           (ada.session, ada.welcome["token"] + "x"),
                                           (grace.session, ada.welcome["token"]),
                                           (ada.session, ada.welcome["token"][:-1])]:
                        await back.refused("cannot_resume", type="resume", session=session,
                                           token=token)
                    # It goes on as who it was, and the others are left alone.
                    joined = await back.join("lobby", name="Ada")
                    self.assertIn({"session": back.session, "name": "Ada"},
                                  joined["presence"]["members"])
                    await grace.pong()

    async def test_not_after_joining(self):
        with chat_server() as server:
            async with peers(server, "Ada", "Grace") as (ada, grace):
                grace.cut()
                await ada.refused("cannot_resume", type="resume", session=grace.session,
                                  token=grace.welcome["token"])
                await ada.say("still Ada")
                self.assertEqual((await ada.take("message"))["from"]["session"], ada.session)

    async def test_it_is_forgotten_after_a_time(self):
        with chat_server(resume_seconds=1) as server:
            async with contextlib.AsyncExitStack() as stack:
                # Asking for one keeps it, so each is asked for once: later and later.
                many = [await stack.enter_async_context(peer(server)) for _ in range(200)]
            left = iter(many)

            async def forgotten():
                former = next(left)
                async with peer(server) as back:
                    answer = await back.ask(type="resume", session=former.session,
                                            token=former.welcome["token"])
                await asyncio.sleep(0.05)
                return answer["type"] == "error" and answer["code"] == "cannot_resume"

            self.assertFalse(await forgotten())
            await until(forgotten, "the end of an identity")


if __name__ == "__main__":
    unittest.main()
