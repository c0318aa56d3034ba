#!/usr/bin/python3
"""A machine that has run out of something: the server stays up, and goes on when there is some again."""

import asyncio
import os
import unittest

from tests.chaos import faults, namespace
from tests.chaos.crowd import crowd
from tests.process.client import wait_log
from tests.process.server import DEADLINE_SECONDS, Server

namespace.enter()


class ResourcesTest(unittest.IsolatedAsyncioTestCase):
    # Without descriptors, UndefinedBehaviorSanitizer can not look at objects, and takes them for none.
    @unittest.skipIf("descriptors" in os.environ.get("CHAOS_WITHOUT", ""), "not with a sanitizer")
    async def test_no_descriptors(self):
        with Server("--threads=2") as server:
            async with crowd(server.url("/chat")) as healthy:
                with faults.no_descriptors(server.pid):
                    # The kernel takes them in; the server can not.
                    waiting = [asyncio.create_task(faults.dial(server.port)) for _ in range(30)]
                    await wait_log(server, "warn cannot accept at .*Too many open files", 3)
                    await healthy.hear_more()
                    self.assertFalse(any(task.done() for task in waiting))
                # All of them come in now.
                for client in await asyncio.wait_for(asyncio.gather(*waiting), DEADLINE_SECONDS):
                    client.close()
            self.assertEqual(await asyncio.to_thread(server.stop), 0)

    async def test_a_full_disk_for_the_log(self):
        with namespace.disk("1m") as folder:
            with open(folder + "/another_file", "wb") as another:
                another.write(bytes(960 * 1024))
            with Server("--threads=2", "--log_messages", log_file=folder + "/log") as server:
                async with crowd(server.url("/chat")) as healthy:
                    while os.statvfs(folder).f_bavail > 0:
                        await healthy.hear_more(1)
                    await healthy.hear_more(100)
                    self.assertEqual(os.stat(folder + "/log").st_size, 64 * 1024)
                    os.remove(folder + "/another_file")
                    # What did not fit is lost; what comes now is not.
                    client = await faults.dial(server.port)
                    port = client.getsockname()[1]
                    await wait_log(server, rf"127\.0\.0\.1:{port} connected$")
                    client.close()
                self.assertEqual(await asyncio.to_thread(server.stop), 0)


if __name__ == "__main__":
    unittest.main()
