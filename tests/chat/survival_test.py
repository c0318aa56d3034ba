#!/usr/bin/python3
"""Connections are cut at random while many write: everybody has every message once, in order.

For a minute, instead of some seconds:

    tools/bazel test --test_env=SURVIVAL_SECONDS=60 --test_timeout=180 //tests/chat:survival_test
"""

import asyncio
import os
import random
import unittest

from tests.chat.peer import chat_server
from tests.chat.proxy import HOW, Proxy
from tests.chat.schema import problem
from tests.process.client import within
from tools.chat.backoff import Backoff
from tools.chat.client import ChatClient, Listener

SECONDS = float(os.environ.get("SURVIVAL_SECONDS", 8))
READERS, WRITERS = 6, 4
# A writer's messages that may wait for their ack: so that several are under way at a cut.
WINDOW = 8
# Seconds between two cuts of some connection, at most.
CUT_EVERY = 0.08


class Diary(Listener):
    """All that one client came to know; every frame is checked."""

    def __init__(self):
        self.messages = []
        self.outcomes = []
        self.resumed = []
        self.errors = []
        self.losses = 0
        self.moved = asyncio.Event()

    def on_frame(self, frame):
        wrong = problem("server", frame)
        if wrong is not None:
            self.errors.append(wrong)

    def on_connected(self, resumed):
        self.resumed.append(resumed)

    def on_lost(self, why, retry_in):
        self.losses += 1

    def on_joined(self, room, how, missed):
        self.outcomes.append(how)

    def on_event(self, room, event, is_new):
        self.messages.append((event["offset"], event["from"]["session"], event["text"]))
        self.moved.set()

    def on_error(self, error):
        self.errors.append(error)

    async def until(self, offset):
        while not self.messages or self.messages[-1][0] < offset:
            self.moved.clear()
            await self.moved.wait()


class SurvivalTest(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.seed = int(os.environ.get("SURVIVAL_SEED", random.SystemRandom().randrange(2**32)))
        self.chance = random.Random(self.seed)
        self.running = []

    def client(self, proxy):
        diary = Diary()
        client = ChatClient(proxy.url("/chat"), diary, backoff=Backoff(0.005, 0.1))
        client.join("lobby")
        self.running.append(asyncio.create_task(client.run()))
        return client, diary

    async def write(self, number, client, until):
        """Says numbered messages; returns them with the offsets of their acks."""
        window = asyncio.Semaphore(WINDOW)
        said = []

        async def say(text):
            try:
                return text, (await client.publish("lobby", text))["offset"]
            finally:
                window.release()

        while asyncio.get_running_loop().time() < until:
            await window.acquire()
            said.append(asyncio.create_task(say(f"{number}:{len(said)}")))
            # A few hundred a second of all together, which a history of this size keeps.
            await asyncio.sleep(self.chance.random() * 0.02)
        return await within(asyncio.gather(*said), "all acks")

    async def cut(self, proxy, until):
        cuts = dict.fromkeys(HOW, 0)
        while asyncio.get_running_loop().time() < until:
            await asyncio.sleep(self.chance.random() * CUT_EVERY)
            if pairs := proxy.pairs():
                how = self.chance.choice(HOW)
                proxy.cut(self.chance.choice(pairs), how)
                cuts[how] += 1
        return cuts

    async def test_everybody_has_every_message_once_and_in_order(self):
        history = {"events": 100_000, "bytes": 64 << 20}
        with self.subTest(seed=self.seed), chat_server(threads=2, history=history) as server:
            async with Proxy(server.port) as proxy:
                try:
                    await self.live_through_it(proxy)
                finally:
                    for task in self.running:
                        task.cancel()
                    await asyncio.gather(*self.running, return_exceptions=True)

    async def live_through_it(self, proxy):
        readers = [self.client(proxy) for _ in range(READERS)]
        writers = [self.client(proxy) for _ in range(WRITERS)]
        everybody = readers + writers
        await within(asyncio.gather(*(client.ready() for client, _ in everybody)), "the start")
        self.assertEqual([len(diary.messages) for _, diary in everybody], [0] * len(everybody))
        sessions = [client.session for client, _ in everybody]

        until = asyncio.get_running_loop().time() + SECONDS
        *said, cuts = await asyncio.gather(
            *(self.write(number, client, until) for number, (client, _) in enumerate(writers)),
            self.cut(proxy, until))
        last = max(offset for acks in said for _, offset in acks)
        await within(asyncio.gather(*(diary.until(last) for _, diary in everybody)),
                     "what was missed")

        for task in self.running:
            self.assertFalse(task.done(), task)
        for client, diary in everybody:
            self.assertEqual(diary.errors, [])
            room = client.rooms["lobby"]
            # The client leaves out what it has; the server must not send it.
            self.assertEqual((room.repeated, room.skipped), (0, 0))
            self.assertEqual(set(diary.outcomes[1:]) - {"recovered"}, set())
            self.assertEqual(set(diary.resumed[1:]) - {True}, set())
        self.assertEqual([client.session for client, _ in everybody], sessions)

        # Everybody has the same; each offset is there; and it is what was said.
        first = everybody[0][1].messages
        for _, diary in everybody[1:]:
            self.assertEqual(diary.messages, first)
        self.assertEqual([offset for offset, _, _ in first], list(range(1, last + 1)))
        expected = {}
        for (client, _), acks in zip(writers, said):
            for text, offset in acks:
                self.assertNotIn(offset, expected)
                expected[offset] = (offset, client.session, text)
            offsets = [offset for _, offset in acks]
            self.assertEqual(offsets, sorted(offsets))
        self.assertEqual(first, [expected[offset] for offset in sorted(expected)])

        # And it was hard enough.
        losses = sum(diary.losses for _, diary in everybody)
        print(f"seed {self.seed}: {last} messages, cuts {cuts}, {losses} losses")
        self.assertGreater(losses, SECONDS)
        self.assertGreater(min(cuts.values()), 0)
        self.assertGreater(last, 10 * SECONDS)
        self.assertGreater(sum(diary.losses for _, diary in writers), 0)


if __name__ == "__main__":
    unittest.main()
