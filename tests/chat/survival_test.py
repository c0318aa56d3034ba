#!/usr/bin/python3
"""Connections are cut at random while many write: everybody has every message, once, in order.

For another time than a minute, or as it was before:

    tools/bazel test --test_env=SURVIVAL_SECONDS=5 --test_env=SURVIVAL_SEED=1 //tests/chat:survival_test
"""

import asyncio
import collections
import os
import random
import unittest

from tests.chat.diary import HOW, all_ready, cut, diaries
from tests.chat.peer import chat_server
from tests.chat.proxy import Proxy
from tests.process.client import within

SECONDS = float(os.environ.get("SURVIVAL_SECONDS", 60))
SEED = int(os.environ.get("SURVIVAL_SEED", random.SystemRandom().randrange(2**32)))
READERS, WRITERS = 6, 4
# All of them are kept: whoever comes back must be able to recover.
MOST_MESSAGES = 50_000
HISTORY = {"events": MOST_MESSAGES, "bytes": 64 << 20}
# A writer's messages that may wait for their ack: so that several are under way at a cut.
WINDOW = 8
# How many of a writer's messages are followed by its end, before it can know whether they came.
LOST_ACKS = 0.03
# How far those that are connected may be behind, so that a slow machine is given less to do.
BEHIND = 100


class SurvivalTest(unittest.IsolatedAsyncioTestCase):
    async def test_everybody_has_every_message_once_and_in_order(self):
        print(f"seed {SEED}", flush=True)
        self.chance = random.Random(SEED)
        with chat_server(threads=2, history=HISTORY) as server:
            async with Proxy(server.port) as proxy, \
                    diaries(*[proxy.url("/chat")] * (READERS + WRITERS)) as everybody:
                await self.live_through_it(proxy, everybody)

    async def live_through_it(self, proxy, everybody):
        writers = everybody[:WRITERS]
        await within(all_ready(everybody), "the start")
        sessions = [diary.client.session for diary in everybody]
        self.is_over = False
        *said, cuts = await asyncio.gather(
            *(self.write(number, everybody) for number in range(WRITERS)),
            self.cut(proxy, everybody))
        last = max(ack["offset"] for acks in said for _, ack in acks)
        for diary in everybody:
            await within(diary.reaches(last), "what was missed")
        losses = sum(diary.losses for diary in everybody)
        repeated = sum(diary.repeated for diary in everybody)
        print(f"{last} messages to each of {len(everybody)}; {cuts.total()} cuts {dict(cuts)}, "
              f"{losses} losses, {repeated} messages were sent again and came once")

        # It is still who it was, and missed nothing that it would know of.
        self.assertEqual([diary.client.session for diary in everybody], sessions)
        for diary in everybody:
            self.assertEqual(diary.errors, [])
            self.assertFalse(diary.running.done())
            self.assertEqual({how for how, _ in diary.joins[1:]} - {"recovered"}, set())
            self.assertEqual(set(diary.resumed[1:]) - {True}, set())
            # The client leaves out what it has; the server must not send it.
            self.assertEqual((diary.room.repeated, diary.room.skipped), (0, 0))

        # Everybody has what was said, and nothing else.
        expected = [(ack["offset"], writer.client.session, text)
                    for writer, acks in zip(writers, said) for text, ack in acks]
        self.assertEqual([offset for offset, _, _ in sorted(expected)], list(range(1, last + 1)))
        for diary in everybody:
            self.assertEqual(diary.messages, sorted(expected))
        # In the order of each writer.
        for acks in said:
            offsets = [ack["offset"] for _, ack in acks]
            self.assertEqual(offsets, sorted(offsets))

    async def write(self, number, everybody):
        """Says numbered messages; returns them with their acks."""
        writer = everybody[number]
        window = asyncio.Semaphore(WINDOW)
        saying = []

        async def say(text):
            try:
                return text, await writer.say(text)
            finally:
                window.release()

        while not self.is_over and len(saying) < MOST_MESSAGES // WRITERS:
            await window.acquire()
            saying.append(asyncio.create_task(say(f"{number}:{len(saying)}")))
            # Not in step with anything.
            await asyncio.sleep(self.chance.random() * 0.02)
            if self.chance.random() < LOST_ACKS:
                writer.abort()
            newest = max(diary.room.offset for diary in everybody)
            for diary in everybody:
                await within(diary.reaches_or_is_lost(newest - BEHIND), "what was said")
        return await within(asyncio.gather(*saying), "all acks")

    async def cut(self, proxy, everybody):
        """Cuts some, also while they come back, and waits until all are there; again and again."""
        cuts = collections.Counter()

        def is_hard_enough():
            return (cuts.keys() == set(HOW) and all(diary.losses for diary in everybody) and
                    any(diary.repeated for diary in everybody))

        until = asyncio.get_running_loop().time() + SECONDS
        # It is, after seconds; only a very slow machine needs more.
        at_most = until + 60
        while asyncio.get_running_loop().time() < (until if is_hard_enough() else at_most):
            for _ in range(self.chance.randrange(1, 10)):
                await asyncio.sleep(self.chance.random() * 0.1)
                if how := cut(self.chance, proxy, everybody):
                    cuts[how] += 1
            await within(all_ready(everybody), "everybody's return")
        self.is_over = True
        self.assertTrue(is_hard_enough(), cuts)
        return cuts


if __name__ == "__main__":
    unittest.main()
