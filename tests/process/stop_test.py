#!/usr/bin/python3
"""How the server stops: everybody is told, what is queued arrives, and it does not take long."""

import asyncio
import fcntl
import signal
import socket
import subprocess
import time
import unittest

from tests.process.client import closed, connect, receive_many, wait_log
from tests.process.server import DEADLINE_SECONDS, LISTENING, ConfigFile, Server, binary

CLIENTS = 100
# limits.shutdown_seconds, unless it is given.
SHUTDOWN_SECONDS = 5


class StopTest(unittest.IsolatedAsyncioTestCase):
    def assert_stopped(self, end):
        code, reason = end
        self.assertEqual(code, 1012)
        self.assertRegex(reason, r"\Athe server stops; retry in \d+ ms\Z")

    async def stop_with_many(self, number):
        with Server() as server:
            clients = await asyncio.gather(*(connect(server.url("/chat")) for _ in range(CLIENTS)))
            began = time.monotonic()
            server.send_signal(number)
            ends = await asyncio.gather(*map(closed, clients))
            code = await asyncio.to_thread(server.wait_end)
            self.assertLess(time.monotonic() - began, SHUTDOWN_SECONDS)
            for end in ends:
                self.assert_stopped(end)
            self.assertEqual(code, 0)
            logged = server.wait_log(r'disconnected \(1012 "the server stops; ', CLIENTS)
            self.assertEqual(len(logged), CLIENTS)
            server.wait_log(f"info stopping on {number.name}$")
            self.assertRegex(server.log[-1], rf"^info stopped; .*sessions_opened={CLIENTS} "
                                             rf"sessions_closed={CLIENTS}")

    async def test_sigterm(self):
        await self.stop_with_many(signal.SIGTERM)

    async def test_sigint(self):
        await self.stop_with_many(signal.SIGINT)

    async def test_when_nobody_came(self):
        with Server() as server:
            self.assertEqual(server.stop(), 0)
            self.assertEqual(server.log[-2:],
                             ["info stopping on SIGTERM", "info stopped; nobody came"])

    async def test_a_log_that_nobody_reads_does_not_hold_it_up(self):
        with ConfigFile({"limits": {"shutdown_seconds": 1}}) as flags:
            process = subprocess.Popen(
                [binary(), *flags, "--listen=127.0.0.1:0", "--log_messages"],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            try:
                fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, 4096)
                address = LISTENING.search(process.stdout.readline().decode()).group(1)
                client = await connect(f"ws://{address}/echo")
                for _ in range(200):
                    await client.send("x" * 100)
                    await client.recv()
                process.send_signal(signal.SIGTERM)
                code = await asyncio.to_thread(process.wait, DEADLINE_SECONDS)
                self.assertEqual(code, 0)
            finally:
                process.kill()
                process.wait()
                process.stdout.close()

    async def test_what_is_queued_arrives_before_the_close(self):
        with Server() as server:
            # It stops reading here, so most of this stays in the server.
            reader = await connect(server.url("/chat"), max_queue=1, read_limit=1024)
            sender = await connect(server.url("/chat"))
            messages = [str(i) * 50_000 for i in range(40)]
            for message in messages:
                await sender.send(message)
            # All has been published when the sender has it.
            self.assertEqual(await receive_many(sender, len(messages)), messages)
            server.send_signal(signal.SIGTERM)
            await wait_log(server, "stopping on SIGTERM")
            self.assertEqual(await receive_many(reader, len(messages)), messages)
            self.assert_stopped(await closed(reader))
            self.assert_stopped(await closed(sender))
            self.assertEqual(await asyncio.to_thread(server.wait_end), 0)

    async def test_nobody_gets_in_any_more(self):
        with Server() as server:
            # It never answers the close frame, so the stop takes as long as it may.
            with RawClient(server):
                server.send_signal(signal.SIGTERM)
                await wait_log(server, "stopping on SIGTERM")
                await self.wait_refused(server)
                server.send_signal(signal.SIGKILL)

    async def wait_refused(self, server):
        """Waits until the port is closed: the log line comes a moment before."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", server.port)).close()
            except ConnectionRefusedError:
                return
            await asyncio.sleep(0.01)
        self.fail("the port is still open")

    async def test_a_peer_that_does_not_answer_is_cut_in_time(self):
        with Server(config={"limits": {"shutdown_seconds": 1}}) as server:
            with RawClient(server) as client:
                began = time.monotonic()
                self.assertEqual(await asyncio.to_thread(server.stop), 0)
                took = time.monotonic() - began
                server.wait_log("warn 1 connections did not end in time and were cut")
                # It was told, all the same: a close frame with 1012.
                self.assertRegex(client.read_all(), rb"\x88.\x03\xf4the server stops; retry in \d+ ms\Z")
        self.assertGreaterEqual(took, 1)
        self.assertLess(took, SHUTDOWN_SECONDS)

    async def test_a_reload_comes_too_late(self):
        with Server(config={"limits": {"shutdown_seconds": 2}}) as server:
            with RawClient(server):
                server.send_signal(signal.SIGTERM)
                await wait_log(server, "stopping on SIGTERM")
                server.send_signal(signal.SIGHUP)
                self.assertEqual(await asyncio.to_thread(server.wait_end), 0)
                server.wait_log("warn 1 connections did not end in time and were cut")

    async def test_a_second_signal_ends_it_at_once(self):
        for first, second in [(signal.SIGINT, signal.SIGINT), (signal.SIGTERM, signal.SIGINT)]:
            # Would it wait, it would be longer than the test may take.
            with Server(config={"limits": {"shutdown_seconds": 3600}}) as server:
                with RawClient(server):
                    server.send_signal(first)
                    await wait_log(server, "stopping on " + first.name)
                    code = await asyncio.to_thread(server.stop, second)
                    self.assertEqual(code, -second)


class RawClient:
    """A WebSocket client that says nothing after its handshake."""

    HANDSHAKE = (b"GET /chat HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
                 b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                 b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")

    def __init__(self, server):
        self._socket = socket.create_connection(("127.0.0.1", server.port), DEADLINE_SECONDS)
        self._socket.sendall(self.HANDSHAKE)
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            answer += self._socket.recv(1)
        assert answer.startswith(b"HTTP/1.1 101 "), answer

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def read_all(self):
        data = b""
        while True:
            try:
                piece = self._socket.recv(4096)
            except ConnectionResetError:
                return data
            if not piece:
                return data
            data += piece


if __name__ == "__main__":
    unittest.main()
