#!/usr/bin/python3
"""What a room keeps, for how long, and how it is read page by page."""

import json
import unittest

from tests.chat.peer import chat_server, peer, until
from tests.process.client import connect, receive

PAGE_BYTES = 256 * 1024


class HistoryTest(unittest.IsolatedAsyncioTestCase):
    async def page(self, one, before, room="lobby", **limit):
        page = await one.ask(type="history", room=room, before=before, **limit)
        self.assertEqual((page["type"], page["room"]), ("events", room))
        return page

    async def say_many(self, one, count):
        """Says that many; returns the events."""
        for number in range(count):
            await one.say(f"{number}")
        return await one.events(count)

    async def test_it_is_what_was_sent(self):
        with chat_server() as server:
            async with peer(server, room="lobby", name="Ada") as ada:
                await ada.say("a", data={"mood": [1]})
                await ada.ok(type="react", room="lobby", target=1, key="👍")
                await ada.ok(type="edit", room="lobby", target=1, text="b")
                events = await ada.events(3)
                page = await self.page(ada, 4)
                self.assertEqual(page["events"], events)
                self.assertEqual((page["epoch"], page["first"]), (ada.joined["epoch"], 1))
                async with peer(server, room="lobby", history=2) as grace:
                    self.assertEqual(grace.joined["history"], events[1:])
                    self.assertEqual((grace.joined["offset"], grace.joined["first"]), (3, 1))
                async with peer(server, room="lobby") as alan:
                    self.assertEqual(alan.joined["history"], [])

    async def test_pages_go_back_to_the_first(self):
        with chat_server() as server:
            async with peer(server, room="lobby") as ada:
                events = await self.say_many(ada, 130)
                self.assertEqual((await self.page(ada, 131))["events"], events[80:])
                self.assertEqual((await self.page(ada, 131, limit=100))["events"], events[30:])
                self.assertEqual((await self.page(ada, 8))["events"], events[:7])
                self.assertEqual((await self.page(ada, 1))["events"], [])
                self.assertEqual((await self.page(ada, 10**6, limit=1))["events"], events[129:])
                walked, before = [], 131
                while True:
                    page = await self.page(ada, before, limit=7)
                    walked = page["events"] + walked
                    before = walked[0]["offset"]
                    if before <= page["first"]:
                        break
                self.assertEqual(walked, events)

    async def test_as_many_events_as_are_kept(self):
        with chat_server(history={"events": 10}) as server:
            async with peer(server, room="lobby") as ada:
                events = await self.say_many(ada, 25)
                page = await self.page(ada, 26, limit=100)
                self.assertEqual((page["first"], page["events"]), (16, events[15:]))
                self.assertEqual((await self.page(ada, 16))["events"], [])
                async with peer(server, room="lobby", history=100) as grace:
                    self.assertEqual(grace.joined["history"], events[15:])
                    self.assertEqual((grace.joined["offset"], grace.joined["first"]), (25, 16))

    async def test_as_many_bytes_as_are_kept(self):
        with chat_server(history={"bytes": 16384}) as server:
            async with peer(server, room="lobby") as ada:
                for number in range(20):
                    await ada.say("x" * 2000)
                events = await ada.events(20)
                page = await self.page(ada, 21)
                kept = page["events"]
                self.assertEqual(kept, events[page["first"] - 1:])
                self.assertLessEqual(len(json.dumps(kept, separators=(",", ":"))), 16384)
                # And not much less.
                self.assertGreaterEqual(len(kept), 5)

    async def test_as_long_as_it_is_kept(self):
        with chat_server(history={"seconds": 1}) as server:
            async with peer(server, room="lobby") as ada:
                await self.say_many(ada, 3)

                async def forgotten():
                    page = await self.page(ada, 4)
                    return page["events"] == [] and page["first"] == 4

                await until(forgotten, "the end of the history")
                async with peer(server, room="lobby", history=100) as grace:
                    joined = grace.joined
                    self.assertEqual((joined["history"], joined["offset"], joined["first"]),
                                     ([], 3, 4))

    async def test_it_stays_while_nobody_is_there(self):
        with chat_server() as server:
            async with peer(server, room="lobby") as ada:
                events = await self.say_many(ada, 3)
                epoch = ada.joined["epoch"]
            await server_has_none(server)
            async with peer(server, room="lobby", history=100) as grace:
                self.assertEqual(grace.joined["history"], events)
                self.assertEqual((grace.joined["epoch"], grace.joined["count"]), (epoch, 1))

    async def test_a_page_is_cut_at_its_old_end(self):
        with chat_server(history={"bytes": 4 << 20}) as server:
            async with peer(server, room="lobby") as ada:
                for number in range(40):
                    await ada.say(f"{number:03}" + "x" * 16000)
                events = await ada.events(40)
                page = (await self.page(ada, 41))["events"]
                self.assertEqual(page, events[-len(page):])
                size = len(json.dumps(page, separators=(",", ":")))
                self.assertLessEqual(size, PAGE_BYTES)
                self.assertGreater(size, PAGE_BYTES - 2 * 16384)

    async def test_deleted_messages_and_their_edits_have_no_text(self):
        with chat_server() as server:
            async with peer(server, room="lobby") as ada:
                await ada.say("secret", data=1)
                await ada.ok(type="edit", room="lobby", target=1, text="secret, too")
                await ada.ok(type="react", room="lobby", target=1, key="+")
                await ada.say("other")
                await ada.ok(type="delete", room="lobby", target=1)
                live = await ada.events(5)
                expected = [dict(event) for event in live]
                for event in expected[:2]:
                    event.pop("data", None)
                    del event["text"]
                    event["deleted"] = True
                self.assertEqual((await self.page(ada, 6))["events"], expected)
                async with peer(server, room="lobby", history=100) as grace:
                    self.assertEqual(grace.joined["history"], expected)
                    self.assertNotIn("secret", json.dumps(grace.joined))


class PlainClientsTest(unittest.IsolatedAsyncioTestCase):
    async def test_alone_they_make_no_history(self):
        with chat_server() as server:
            async with connect(server.url("/chat/lobby")) as plain:
                await plain.send("unheard")
                await receive(plain)
                async with peer(server, room="lobby", history=100) as ada:
                    self.assertEqual(ada.joined["history"], [])
                    await plain.send("heard")
                    event = await ada.take("message")
                    self.assertEqual(event["text"], "heard")
                await receive(plain)
                # It began with Ada, and goes on without her.
                await plain.send("also kept")
                await receive(plain)
                async with peer(server, room="lobby", history=100) as grace:
                    self.assertEqual([event["text"] for event in grace.joined["history"]],
                                     ["heard", "also kept"])
                    self.assertEqual(grace.joined["epoch"], ada.joined["epoch"])


async def server_has_none(server):
    """Waits until nobody is connected."""
    async def gone():
        return any("disconnected" in line for line in server.log)

    await until(gone, "the end of the connection")


if __name__ == "__main__":
    unittest.main()
