#!/usr/bin/python3
"""A process that may open only few files refuses connections that are too many, and goes on."""

import asyncio
import json
import re
import socket
import time
import unittest

from tests.process.client import connect, receive, wait_log, websockets
from tests.process.server import DEADLINE_SECONDS, Server

THREADS = 2
# Those that are not for connections: files, and what operators are answered with.
OTHERS = 64 + 68
DESCRIPTORS = OTHERS + 30
CAP = re.compile(r"info shards: \d+, .*, connections: at most (\d+)$")


class DescriptorsTest(unittest.IsolatedAsyncioTestCase):
    async def fill(self, server, count):
        return await asyncio.gather(*(connect(server.url("/chat")) for _ in range(count)))

    async def connect_when_there_is_a_place(self, server):
        """A client that left holds its place until the server has seen it leave."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while True:
            try:
                return await connect(server.url("/chat"))
            except websockets.InvalidStatusCode as refused:
                self.assertEqual(refused.status_code, 503)
                self.assertLess(time.monotonic(), deadline, "nobody gets in any more")
                await asyncio.sleep(0.01)

    async def test_beyond_the_cap_there_is_a_503_and_afterwards_the_server_serves_again(self):
        with Server(f"--threads={THREADS}", descriptors=DESCRIPTORS) as server:
            cap = int(server.wait_log(CAP)[0][1])
            self.assertGreater(cap, 10)
            self.assertLess(cap, DESCRIPTORS)
            clients = await self.fill(server, cap)
            for _ in range(3):
                with self.assertRaises(websockets.InvalidStatusCode) as refused:
                    await connect(server.url("/chat"))
                self.assertEqual(refused.exception.status_code, 503)
            self.assert_whole_refusal(server)

            # Those who are in do not notice.
            await clients[0].send("still here")
            for client in clients:
                self.assertEqual(await receive(client), "still here")

            for client in clients[:5]:
                await client.close()
            del clients[:5]
            for _ in range(5):
                clients.append(await self.connect_when_there_is_a_place(server))
            await clients[-1].send("and back")
            for client in clients:
                self.assertEqual(await receive(client), "and back")

            for client in clients:
                await client.close()
            await wait_log(server, r"disconnected \(1000\)", cap + 5)
            self.assertEqual(await asyncio.to_thread(server.stop), 0)
            self.assertEqual([line for line in server.log if "cannot accept" in line], [])

    def assert_whole_refusal(self, server):
        """The answer as it comes off the wire, to a client that has sent nothing yet."""
        with socket.create_connection(("127.0.0.1", server.port), DEADLINE_SECONDS) as client:
            head, _, body = client.makefile("rb").read().partition(b"\r\n\r\n")
        self.assertTrue(head.startswith(b"HTTP/1.1 503 Service Unavailable\r\n"), head)
        self.assertIn(b"\r\nRetry-After: ", head)
        self.assertIn(b"\r\nContent-Length: %d" % len(body), head)
        self.assertEqual(json.loads(body)["status"], 503)

    async def test_a_lower_limit_of_the_configuration_holds(self):
        with Server(config={"limits": {"connections": 3}}, descriptors=DESCRIPTORS) as server:
            self.assertEqual([line for line in server.log if "warn limits." in line], [])
            await self.fill(server, 3)
            with self.assertRaises(websockets.InvalidStatusCode) as refused:
                await connect(server.url("/chat"))
            self.assertEqual(refused.exception.status_code, 503)

    def test_a_higher_one_does_not_and_the_log_says_so(self):
        with Server(config={"limits": {"connections": 5000}}, descriptors=DESCRIPTORS) as server:
            cap = int(server.wait_log(CAP)[0][1])
            self.assertLess(cap, DESCRIPTORS)
            self.assertEqual([line for line in server.log if "warn limits." in line], [
                f"warn limits.connections is 5000, but this process may only have {cap} "
                "(ulimit -n): using that"])

    def test_every_shard_has_what_it_needs(self):
        # A shard opens its event loop when its first connection comes: when all others are open
        # already, there must still be room for it.
        threads = 40
        with Server(f"--threads={threads}", descriptors=OTHERS + 4 * threads + 45) as server:
            cap = int(server.wait_log(CAP)[0][1])
            self.assertGreaterEqual(cap, threads)
            clients = [socket.create_connection(("127.0.0.1", server.port), DEADLINE_SECONDS)
                       for _ in range(cap)]
            for client in clients:
                client.sendall(b"GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n")
                self.assertTrue(client.recv(100).startswith(b"HTTP/1.1 404 "))
            for client in clients:
                client.close()
            self.assertEqual(server.stop(), 0)
            self.assertEqual([line for line in server.log if "cannot accept" in line], [])

    def test_too_few_to_begin_with(self):
        with self.assertRaises(AssertionError) as failed:
            Server("--threads=2", descriptors=64).__enter__()
        self.assertIn("server: this process may only have 64 descriptors (ulimit -n); with so many "
                      "threads it needs more than 140", str(failed.exception))


if __name__ == "__main__":
    unittest.main()
