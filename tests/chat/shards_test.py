#!/usr/bin/python3
"""One room on two shards: everybody is on another thread than the next, and nobody notices."""

import asyncio
import contextlib
import unittest

from tests.chat.peer import chat_server, peer, until


class ShardsTest(unittest.IsolatedAsyncioTestCase):
    async def test_many_in_many_rooms(self):
        with chat_server("--threads=2") as server:
            server.wait_log("shards: 2,")
            async with contextlib.AsyncExitStack() as stack:
                many = [await stack.enter_async_context(peer(server)) for _ in range(12)]
                rooms = [f"room{number}" for number in range(4)]
                for one in many:
                    for room in rooms:
                        await one.join(room)

                async def talk(one):
                    for number in range(10):
                        for room in rooms:
                            await one.say(f"{number}", room)

                await asyncio.gather(*map(talk, many))
                for room in rooms:
                    first = [await many[0].take("message", room=room) for _ in range(120)]
                    self.assertEqual([event["offset"] for event in first],
                                     list(range(1, 121)))
                    for one in many[1:]:
                        self.assertEqual([await one.take("message", room=room)
                                          for _ in range(120)], first)
                for one in many:
                    await one.pong()
                    self.assertEqual(one.left("message", "error"), [])

    async def test_coming_and_going_at_once(self):
        with chat_server("--threads=2") as server:
            async with peer(server, room="lobby", name="watcher") as watcher:
                async def come_and_go(number):
                    for _ in range(5):
                        async with peer(server, room="lobby", name=f"n{number}") as one:
                            await one.say("hello")
                            await one.take("message", text="hello")
                            if number % 3 == 0:
                                one.cut()

                await asyncio.gather(*map(come_and_go, range(10)))
                events = await watcher.events(50)
                self.assertEqual([event["offset"] for event in events], list(range(1, 51)))

                async def alone():
                    self.page = await watcher.ask(type="members", room="lobby")
                    return self.page["count"] == 1

                await until(alone, "the end of those who were lost")
                self.assertEqual(self.page["members"],
                                 [{"session": watcher.session, "name": "watcher"}])


if __name__ == "__main__":
    unittest.main()
