#!/usr/bin/python3
"""Who is there: told in batches, without those who only lost their connection for a moment."""

import contextlib
import time
import unittest

from tests.chat.peer import chat_server, peer, peers
from tests.process.client import wait_log


class Watcher:
    """Follows the presence frames of a peer's room from where it joined."""

    def __init__(self, one):
        self.one = one
        joined = one.joined
        self.version = joined["presence"]["version"]
        self.there = {member["session"]: member["name"]
                      for member in joined["presence"].get("members", [])}
        self.frames = 0

    async def next(self):
        """The next change: who joined (session to name) and who left."""
        while True:
            frame = await self.one.take("presence")
            if frame["version"] <= self.version:
                continue
            assert frame["version"] == self.version + 1, (self.version, frame)
            self.version += 1
            self.frames += 1
            joined = {member["session"]: member["name"] for member in frame["joined"]}
            assert not set(joined) & set(frame["left"]), frame
            assert set(frame["left"]) <= set(self.there), (self.there, frame)
            self.there = {session: name for session, name in self.there.items()
                          if session not in frame["left"]} | joined
            assert frame["count"] == len(self.there), (self.there, frame)
            return joined, frame["left"]

    async def until(self, count):
        while len(self.there) != count:
            await self.next()


class ComingAndGoingTest(unittest.IsolatedAsyncioTestCase):
    async def test_who_comes_and_who_leaves(self):
        for threads in [1, 2]:
            with chat_server(threads=threads) as server:
                async with peer(server, room="lobby", name="Ada") as ada:
                    watcher = Watcher(ada)
                    async with peer(server) as grace, peer(server) as alan:
                        await grace.join("lobby", name="Grace")
                        await watcher.until(2)
                        self.assertEqual(watcher.there[grace.session], "Grace")
                        await alan.join("lobby", name="Alan")
                        await watcher.until(3)
                        await grace.ok(type="leave", room="lobby")
                        await watcher.until(2)
                        self.assertNotIn(grace.session, watcher.there)
                        # With a close frame, there is no grace.
                        await alan.close()
                        await watcher.until(1)
                    self.assertEqual(watcher.there, {ada.session: "Ada"})

    async def test_many_are_told_at_once(self):
        with chat_server(presence={"interval_ms": 1000}) as server:
            async with peer(server, room="lobby") as ada, contextlib.AsyncExitStack() as stack:
                watcher = Watcher(ada)
                for number in range(30):
                    await stack.enter_async_context(
                        peer(server, room="lobby", name=f"{number}"))
                await watcher.until(31)
                # At a machine's usual speed it is one or two.
                self.assertLess(watcher.frames, 15)

    async def test_who_comes_and_leaves_between_two_is_in_neither(self):
        with chat_server(presence={"interval_ms": 2000}) as server:
            async with peers(server, "Ada", "Grace") as (ada, grace):
                watcher = Watcher(ada)
                await watcher.until(2)
                await grace.ok(type="leave", room="lobby")
                await grace.join("lobby", name="Grace")
                async with peer(server, room="lobby", name="Alan") as alan:
                    await alan.ok(type="leave", room="lobby")
                async with peer(server, room="lobby", name="Barbara") as barbara:
                    self.assertEqual(await watcher.next(), ({barbara.session: "Barbara"}, []))


class GraceTest(unittest.IsolatedAsyncioTestCase):
    async def test_a_lost_connection_is_counted_for_a_time(self):
        with chat_server(presence={"grace_ms": 60_000}) as server:
            async with peers(server, "Ada", "Grace") as (ada, grace):
                grace.cut()
                await wait_log(server, " disconnected ")
                page = await ada.ask(type="members", room="lobby")
                self.assertEqual(page["count"], 2)
        with chat_server(presence={"grace_ms": 500}) as server:
            async with peers(server, "Ada", "Grace") as (ada, grace):
                watcher = Watcher(ada)
                await watcher.until(2)
                cut = time.monotonic()
                grace.cut()
                self.assertEqual(await watcher.next(), ({}, [grace.session]))
                self.assertGreater(time.monotonic() - cut, 0.45)
                page = await ada.ask(type="members", room="lobby")
                self.assertEqual(page["count"], 1)

    async def test_who_comes_back_in_time_never_left(self):
        for threads in [1, 2]:
            with chat_server(threads=threads, presence={"grace_ms": 60_000}) as server:
                async with peers(server, "Ada", "Grace") as (ada, grace):
                    watcher = Watcher(ada)
                    await watcher.until(2)
                    grace.cut()
                    async with peer(server) as back:
                        await back.resume(grace)
                        joined = await back.join("lobby", name="Grace")
                        self.assertEqual(joined["count"], 2)
                        async with peer(server, room="lobby", name="Alan") as alan:
                            # The first change is a later one.
                            self.assertEqual(await watcher.next(), ({alan.session: "Alan"}, []))
                            self.assertEqual(set(watcher.there),
                                             {ada.session, grace.session, alan.session})

    async def test_who_comes_back_and_does_not_join_leaves_after_all(self):
        with chat_server(presence={"grace_ms": 200}) as server:
            async with peers(server, "Ada", "Grace") as (ada, grace):
                watcher = Watcher(ada)
                await watcher.until(2)
                grace.cut()
                async with peer(server) as back:
                    await back.resume(grace)
                    await watcher.until(1)
                    await back.join("lobby", name="Grace")
                    await watcher.until(2)


class RosterTest(unittest.IsolatedAsyncioTestCase):
    async def test_pages(self):
        with chat_server() as server:
            async with contextlib.AsyncExitStack() as stack:
                names = {}
                for number in range(25):
                    one = await stack.enter_async_context(
                        peer(server, room="lobby", name=f"n{number}"))
                    names[one.session] = f"n{number}"
                found, after = [], {}
                while True:
                    page = await one.ask(type="members", room="lobby", limit=10, **after)
                    self.assertEqual((page["type"], page["count"]), ("members", 25))
                    self.assertLessEqual(len(page["members"]), 10)
                    found += page["members"]
                    if page["next"] is None:
                        break
                    after = {"after": page["next"]}
                sessions = [member["session"] for member in found]
                self.assertEqual(sessions, sorted(sessions))
                self.assertEqual({member["session"]: member["name"] for member in found}, names)
                page = await one.ask(type="members", room="lobby", after=sessions[-1])
                self.assertEqual((page["members"], page["next"]), ([], None))
                for limit in [0, 101, -1]:
                    await one.refused("bad_frame", type="members", room="lobby", limit=limit)

    async def test_a_room_of_many_is_not_listed(self):
        with chat_server(presence={"list_up_to": 3}) as server:
            async with peers(server, "a", "b", "c") as three:
                self.assertEqual(len(three[2].joined["presence"]["members"]), 3)
                await three[0].take("presence", count=3)
                async with peer(server, room="lobby", name="d") as fourth:
                    presence = fourth.joined["presence"]
                    self.assertEqual((presence["listed"], presence["count"]), (False, 4))
                    frame = await three[0].take("presence", count=4)
                    self.assertEqual(frame["listed"], False)
                    page = await fourth.ask(type="members", room="lobby")
                    self.assertEqual(sorted(member["name"] for member in page["members"]),
                                     ["a", "b", "c", "d"])


if __name__ == "__main__":
    unittest.main()
