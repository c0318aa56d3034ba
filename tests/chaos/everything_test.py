#!/usr/bin/python3
"""All that can happen at once, at random: the server stays up, and who is well loses nothing.

For another time, or as it was before:

    tools/bazel test --test_env=CHAOS_SECONDS=600 --test_env=CHAOS_SEED=1 //tests/chaos:everything_test
"""

import asyncio
import collections
import contextlib
import os
import random
import tempfile
import unittest

from tests.chaos import faults, namespace
from tests.chaos.clock import Clock
from tests.chaos.crowd import crowd
from tests.process.server import Server

namespace.enter()

SECONDS = float(os.environ.get("CHAOS_SECONDS", 45))
SEED = int(os.environ.get("CHAOS_SEED", random.SystemRandom().randrange(2**32)))
# What can not be done to a server with a sanitizer in it.
WITHOUT = os.environ.get("CHAOS_WITHOUT", "").split(",")
# Those who are well answer a ping in half of it, also on a slow machine.
LIMITS = {"idle_seconds": 10, "handshake_seconds": 10}
# How many of them befall the server at the same time.
AT_ONCE = 3


class EverythingTest(unittest.IsolatedAsyncioTestCase):
    async def test_at_once(self):
        print(f"seed {SEED}", flush=True)
        self.chance = random.Random(SEED)
        self.happened = collections.Counter()
        with contextlib.ExitStack() as stack:
            self.disk = stack.enter_context(namespace.disk("32k"))
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            self.clock = None if "clock" in WITHOUT else Clock(folder)
            self.server = stack.enter_context(Server(
                "--threads=2", "--log_messages", config={"limits": LIMITS},
                log_file=self.disk + "/log", env=self.clock and self.clock.environment))
            async with crowd(self.server.url("/chat")) as healthy:
                until = asyncio.get_running_loop().time() + SECONDS
                await asyncio.gather(*(self.befall(until) for _ in range(AT_ONCE)))
                while os.statvfs(self.disk).f_bavail > 0:
                    await healthy.hear_more()
                await healthy.hear_more()
                print(dict(self.happened), flush=True)
                self.assertEqual(self.happened.keys(), {fault.__name__ for fault in self.faults()})
            self.assertTrue(self.server.is_running())
            self.assertEqual(await asyncio.to_thread(self.server.stop), 0)

    def faults(self):
        yield from (self.kill, self.reset, self.vanish, self.half_close, self.talk)
        if "descriptors" not in WITHOUT:
            yield self.descriptors
        if "memory" not in WITHOUT:
            yield self.memory
        if self.clock is not None:
            yield self.jump

    async def befall(self, until):
        """One after the other; and each at least once, however slow the machine is."""
        known = list(self.faults())
        while asyncio.get_running_loop().time() < until or len(self.happened) < len(known):
            fault = self.chance.choice(known)
            # Whoever comes while there are no descriptors or no memory may be sent away.
            with contextlib.suppress(OSError, asyncio.TimeoutError):
                await fault()
                self.happened[fault.__name__] += 1
            self.assertTrue(self.server.is_running())
            await asyncio.sleep(self.chance.random() * 0.1)

    async def kill(self):
        with contextlib.suppress(AssertionError):
            await faults.kill(self.server.port, 5)

    async def reset(self):
        await faults.reset_in_mid_frame(self.server.port)

    async def vanish(self):
        await faults.vanish(self.server.port)

    async def half_close(self):
        client = await faults.half_close(self.server.port)
        await asyncio.sleep(self.chance.random())
        client.close()

    async def talk(self):
        await faults.talk(self.server.port)

    async def descriptors(self):
        with faults.no_descriptors(self.server.pid):
            await asyncio.sleep(self.chance.random())

    async def memory(self):
        with faults.little_memory(self.server.pid):
            await faults.hoard(self.server.port, 50)

    async def jump(self):
        self.clock.jump(f"{self.chance.randrange(-10**9, 10**9):+d}s")


if __name__ == "__main__":
    unittest.main()
