#!/usr/bin/python3
"""Clients that end in ugly ways: the server stays up, and the others do not notice."""

import asyncio
import os
import signal
import sys
import unittest

from tests.chaos import faults, namespace
from tests.chaos.crowd import crowd
from tests.process.client import wait_log
from tests.process.server import Server

namespace.enter()

# Clients that do not answer are cut off after so long; those that are well answer in half of it.
IDLE_SECONDS = 10
LIMITS = {"idle_seconds": IDLE_SECONDS, "handshake_seconds": IDLE_SECONDS}


class PeersTest(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.server = Server("--threads=2", config={"limits": LIMITS}).__enter__()
        self.addCleanup(self.server.__exit__)
        self.url = self.server.url("/chat")

    async def asyncTearDown(self):
        # Nothing is left of anybody.
        self.assertTrue(self.server.is_running())
        self.assertEqual(await asyncio.to_thread(self.server.stop), 0)
        self.assertEqual([line for line in self.server.log if "were cut" in line], [])

    async def test_killed(self):
        async with crowd(self.url) as healthy:
            for _ in range(5):
                await faults.kill(self.server.port)
                await healthy.hear_more()
            await wait_log(self.server, " disconnected", 5 * 20)

    async def test_reset_in_mid_frame(self):
        async with crowd(self.url) as healthy:
            for _ in range(20):
                await faults.reset_in_mid_frame(self.server.port)
            await healthy.hear_more()
            await wait_log(self.server, " disconnected", 20 * 6)

    async def test_half_open(self):
        async with crowd(self.url) as healthy:
            for _ in range(20):
                await faults.vanish(self.server.port)
            await healthy.hear_more()
            # It is seen when something is sent to them.
            await wait_log(self.server, " disconnected", 20 * 2)

    async def test_half_open_and_nothing_is_sent(self):
        # In a room where nobody talks, they are sent a ping alone.
        async with crowd(self.url) as healthy:
            for _ in range(5):
                await faults.vanish(self.server.port, "/chat/elsewhere")
            await healthy.hear_more()
            await wait_log(self.server, " disconnected", 5 * 2)

    async def test_frozen(self):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", faults.VICTIM, str(self.server.port), "20",
            stdout=asyncio.subprocess.PIPE)
        try:
            await process.stdout.readline()
            async with crowd(self.url) as healthy:
                os.kill(process.pid, signal.SIGSTOP)
                # Their machine goes on to acknowledge what comes; nobody answers the pings.
                await wait_log(self.server, " disconnected", 20)
                await healthy.hear_more()
        finally:
            process.kill()
            await process.wait()

    async def test_half_closed(self):
        async with crowd(self.url) as healthy:
            clients = [await faults.half_close(self.server.port) for _ in range(20)]
            await wait_log(self.server, " disconnected", 20)
            await healthy.hear_more()
            for client in clients:
                client.close()


if __name__ == "__main__":
    unittest.main()
