#!/usr/bin/python3
"""The wall clock jumps, as when it is set: nothing times out, and the times that are told go on."""

import asyncio
import datetime
import tempfile
import unittest

from tests.chaos.clock import Clock
from tests.chaos.crowd import crowd
from tests.process.client import wait_log
from tests.process.server import Server

# Short, so that one that went by the wall clock would be over at once.
LIMITS = {"idle_seconds": 10, "handshake_seconds": 10}


def seconds_from_now(time):
    told = datetime.datetime.fromisoformat(time)
    return (told - datetime.datetime.now(datetime.timezone.utc)).total_seconds()


class ClockTest(unittest.IsolatedAsyncioTestCase):
    async def test_jumps(self):
        with tempfile.TemporaryDirectory() as folder:
            clock = Clock(folder)
            with Server("--threads=2", config={"limits": LIMITS}, env=clock.environment) as server:
                async with crowd(server.url("/chat")) as healthy:
                    for offset, seconds in [("+1d", 86400), ("-1d", -86400), ("+300d", 300 * 86400),
                                            ("-3650d", -3650 * 86400), ("+0", 0)]:
                        clock.jump(offset)
                        await healthy.hear_more(20)
                        told = seconds_from_now(healthy.everybody[0].times[-1])
                        # A slow machine has read it a while ago.
                        self.assertLess(abs(told - seconds), 3600, offset)
                        # Whoever comes now is served, too.
                        async with crowd(server.url("/chat"), 1, 1, room="other"):
                            pass
                        self.assertEqual(
                            [line for line in server.log if "disconnected (" in line
                             and "disconnected (1000)" not in line], [])
                    # Several ticks of the server's timers later, too.
                    await healthy.hear_more(100)
                await wait_log(server, " disconnected", 4)
                self.assertEqual(await asyncio.to_thread(server.stop), 0)


if __name__ == "__main__":
    unittest.main()
