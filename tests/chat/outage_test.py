#!/usr/bin/python3
"""Outages that are longer than the log reaches back: it is told, and nothing is replayed in part."""

import asyncio
import os
import random
import unittest

from tests.chat.diary import all_ready, cut, diaries
from tests.chat.peer import chat_server
from tests.chat.proxy import Proxy
from tests.process.client import within

SEED = int(os.environ.get("SURVIVAL_SEED", random.SystemRandom().randrange(2**32)))
READERS = 4
ROUNDS = 8
KEPT = 50
# Those of an outage that the log reaches back over, and of one that it does not.
FEW, MANY = KEPT // 2, KEPT * 4


class OutageTest(unittest.IsolatedAsyncioTestCase):
    async def test_what_is_lost_is_told_and_what_is_not_is_there(self):
        print(f"seed {SEED}", flush=True)
        self.chance = random.Random(SEED)
        with chat_server(threads=2, history={"events": KEPT}) as server:
            async with Proxy(server.port) as proxy, diaries(
                    server.url("/chat"), *[proxy.url("/chat")] * READERS) as (writer, *readers):
                await within(all_ready([writer, *readers]), "the start")
                # Each is there.
                outages = [FEW, MANY] * (ROUNDS // 2)
                self.chance.shuffle(outages)
                for count in outages:
                    await self.outage(proxy, writer, readers, count)
                    await self.storm(proxy, writer, readers)
                self.assertEqual(writer.losses, 0)
                for reader in readers:
                    self.assertEqual(reader.errors, [])
                    self.check(reader, writer.messages)
                joins = [how for reader in readers for how, _ in reader.joins[1:]]
                print(f"{writer.room.offset} messages; {len(joins)} times back, "
                      f"{joins.count('lost')} of them with losses")

    async def outage(self, proxy, writer, readers, count):
        """Nobody can be reached while so many messages are said."""
        proxy.shut()
        for reader in readers:
            await within(reader.is_lost(), "the loss")
        before = [(len(reader.joins), len(reader.messages)) for reader in readers]
        await self.say(writer, count)
        newest = writer.room.offset
        proxy.is_shut = False
        await within(all_ready(readers), "the return")
        for reader, (joins, messages) in zip(readers, before):
            if count == FEW:
                self.assertEqual(reader.joins[joins:], [("recovered", messages)])
                self.assertEqual(len(reader.messages), messages + count)
            else:
                self.assertEqual(reader.joins[joins:], [("lost", messages)])
                self.assertEqual(len(reader.messages), messages)
            self.assertEqual(reader.room.offset, newest)

    async def storm(self, proxy, writer, readers):
        """Everybody is cut at random while messages are said."""
        for _ in range(self.chance.randrange(5, 15)):
            cut(self.chance, proxy, readers)
            await self.say(writer, self.chance.randrange(1, FEW))
            await asyncio.sleep(self.chance.random() * 0.05)
        await within(all_ready(readers), "the return")
        newest = writer.room.offset
        for reader in readers:
            await within(reader.reaches(newest), "the newest")

    async def say(self, writer, count):
        said = [writer.say(str(number)) for number in range(count)]
        last = max(ack["offset"] for ack in await within(asyncio.gather(*said), "all acks"))
        await within(writer.reaches(last), "what was said")

    def check(self, reader, said):
        """A gap is where a loss was told, and nowhere else."""
        by_offset = {message[0]: message for message in said}
        losses = {index for how, index in reader.joins[1:] if how == "lost"}
        expected = 1
        for index, message in enumerate(reader.messages):
            if index in losses:
                self.assertGreaterEqual(message[0], expected)
            else:
                self.assertEqual(message[0], expected)
            self.assertEqual(message, by_offset[message[0]])
            expected = message[0] + 1
        self.assertEqual((reader.room.repeated, reader.room.skipped), (0, 0))


if __name__ == "__main__":
    unittest.main()
