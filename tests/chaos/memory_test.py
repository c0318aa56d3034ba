#!/usr/bin/python3
"""The process gets no more memory: whose memory it is loses its connection, and nobody else."""

import asyncio
import unittest

from tests.chaos import faults
from tests.chaos.crowd import crowd
from tests.process.client import wait_log
from tests.process.server import Server


class MemoryTest(unittest.IsolatedAsyncioTestCase):
    async def test_no_memory(self):
        with Server("--threads=2") as server:
            async with crowd(server.url("/chat")) as healthy:
                for count in range(1, 4):
                    with faults.little_memory(server.pid):
                        await faults.hoard(server.port)
                        await healthy.hear_more()
                    await wait_log(server, r"error \S+ failed: std::bad_alloc$", count)
                # There is some again, and whoever comes is served.
                await faults.hoard(server.port, 50)
                await healthy.hear_more()
            self.assertEqual(await asyncio.to_thread(server.stop), 0)


if __name__ == "__main__":
    unittest.main()
