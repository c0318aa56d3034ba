#!/usr/bin/python3
"""What the log says of sessions and messages."""

import asyncio
import json
import os
import re
import resource
import signal
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

from tests.process.client import closed, connect, endpoint, receive, wait_log, websockets
from tests.process.server import DEADLINE_SECONDS, LISTENING, Server, binary


class LogTest(unittest.IsolatedAsyncioTestCase):
    async def ended(self, server, of):
        """Waits for the last line about a client, and returns all its lines."""
        await wait_log(server, re.escape(of) + " disconnected")
        return [line.partition(of + " ")[2] for line in server.log if of + " " in line]

    async def assert_end(self, line, *close):
        """A client that closes so is logged like this."""
        with Server() as server:
            client = await connect(server.url("/chat"))
            await client.close(*close)
            self.assertEqual(await self.ended(server, endpoint(client)), ["connected", line])

    async def test_a_chat(self):
        with Server("--log_messages") as server:
            start = len(server.log)
            ada = await connect(server.url("/chat"))
            bob = await connect(server.url("/chat"))
            await ada.send("teste")
            self.assertEqual(await receive(ada), "teste")
            self.assertEqual(await receive(bob), "teste")
            await ada.close()
            await self.ended(server, endpoint(ada))
            await bob.close()
            await self.ended(server, endpoint(bob))
            lines = server.log[start:]
            a, b = "info " + endpoint(ada), "info " + endpoint(bob)
            # The two receivers may be on two shards, and so in either order.
            self.assertEqual(lines[:3] + sorted(lines[3:5]) + lines[5:], [
                f"{a} connected",
                f"{b} connected",
                f'{a} >> "teste"',
                *sorted([f'{a} << "teste"', f'{b} << "teste"']),
                f"{a} disconnected (1000)",
                f"{b} disconnected (1000)",
            ])

    async def test_messages_are_logged_only_when_asked_for(self):
        with Server() as server:
            async with connect(server.url("/chat")) as client:
                await client.send("teste")
                self.assertEqual(await receive(client), "teste")
            self.assertEqual(await self.ended(server, endpoint(client)),
                             ["connected", "disconnected (1000)"])
            server.stop()
            self.assertNotIn("teste", "\n".join(server.raw_log))

    async def test_a_message_is_logged_once_for_each_receiver_and_no_one_else(self):
        with Server("--log_messages") as server:
            room = [await connect(server.url("/chat/room")) for _ in range(5)]
            other = await connect(server.url("/chat/other"))
            await room[0].send("hello")
            for client in room:
                self.assertEqual(await receive(client), "hello")
            await other.send("alone")
            self.assertEqual(await receive(other), "alone")
            for client in [*room, other]:
                await client.close()
            for client in room:
                expected = ["connected", '<< "hello"', "disconnected (1000)"]
                if client is room[0]:
                    expected.insert(1, '>> "hello"')
                self.assertEqual(await self.ended(server, endpoint(client)), expected)
            self.assertEqual(await self.ended(server, endpoint(other)), [
                "connected", '>> "alone"', '<< "alone"', "disconnected (1000)"])

    async def test_how_messages_are_shown(self):
        shown = {
            "": '""',
            'say "hi" \\ there': r'"say \"hi\" \\ there"',
            # What would start a line that looks like the server's own.
            "one\r\n2020-01-01T00:00:00.000 info two": r'"one\r\n2020-01-01T00:00:00.000 info two"',
            # What would colour the terminal, ring its bell or reverse the line.
            "\x1b[31mred\x07\x00": r'"\x1b[31mred\x07\x00"',
            "\u202eabc": r'"\u202eabc"',
            "grüß dich, 世界 🎉": '"grüß dich, 世界 🎉"',
            "a" * 256: '"' + "a" * 256 + '"',
            "a" * 65536: '"' + "a" * 256 + '..." (65536 bytes)',
            # Not cut within a character.
            "é" * 200: '"' + "é" * 128 + '..." (400 bytes)',
            b"\x00\x01abc": r'binary "\x00\x01abc" (5 bytes)',
            b"\xff" * 300: 'binary "' + r"\xff" * 256 + '..." (300 bytes)',
        }
        with Server("--log_messages") as server:
            async with connect(server.url("/echo")) as client:
                for message in shown:
                    await client.send(message)
                    self.assertEqual(await receive(client), message)
            expected = ["connected"]
            for text in shown.values():
                expected += [">> " + text, "<< " + text]
            self.assertEqual(await self.ended(server, endpoint(client)),
                             [*expected, "disconnected (1000)"])

    async def test_the_peers_close_code_and_reason(self):
        await self.assert_end("disconnected (1000)", 1000)
        await self.assert_end('disconnected (1001 "going away")', 1001, "going away")
        await self.assert_end('disconnected (4000 "bye, 世界")', 4000, "bye, 世界")
        await self.assert_end(r'disconnected (4999 "a\nb\x1b")', 4999, "a\nb\x1b")

    async def test_the_servers_close_code_and_reason(self):
        with Server() as server:
            client = await connect(server.url("/chat/" + "x" * 129))
            reason = "a room's name has at most 128 bytes"
            self.assertEqual(await closed(client), (1008, reason))
            self.assertEqual(await self.ended(server, endpoint(client)),
                             ["connected", f'disconnected (1008 "{reason}")'])

    async def test_a_peer_that_goes_without_a_word(self):
        with Server() as server:
            client = await connect(server.url("/chat"))
            client.transport.abort()
            lines = await self.ended(server, endpoint(client))
            self.assertEqual(lines[0], "connected")
            # No close code: there was no close frame.
            self.assertRegex(lines[1], r"^disconnected \([A-Za-z ]+\)$")

    async def test_an_ipv6_address_has_brackets(self):
        with Server(listen="localhost:0") as server:
            if len(server.addresses) == 1:
                self.assertIn("[::1]", "\n".join(server.log), "the server must say what it lacks")
                return
            async with connect(f"ws://{server.addresses[1]}/echo") as client:
                pass
            self.assertTrue(endpoint(client).startswith("[::1]:"))
            self.assertEqual(await self.ended(server, endpoint(client)),
                             ["connected", "disconnected (1000)"])

    async def test_a_flood_of_one_kind_is_told_of_in_one_line(self):
        limit, clients = 5, 30
        config = {"log": {"lines_per_second": limit}}
        with Server("--log_messages", config=config) as server:
            for _ in range(clients):
                async with connect(server.url("/echo")) as client:
                    await client.send("hello")
                    self.assertEqual(await receive(client), "hello")
            server.stop()
            for kind in ["connected", "disconnected"]:
                logged = [line for line in server.log if re.search(rf" {kind}( \(1000\))?$", line)]
                more = [int(match[1]) for line in server.log
                        if (match := re.fullmatch(rf"info … (\d+) more {kind} lines in the last second",
                                                  line))]
                self.assertEqual(len(logged) + sum(more), clients, kind)
                # A slow machine may take more than a second for all of them.
                self.assertGreaterEqual(len(logged), limit)
            # What was asked for is all there.
            for arrow in [">>", "<<"]:
                logged = [line for line in server.log if line.endswith(arrow + ' "hello"')]
                self.assertEqual(len(logged), clients)
            self.assertRegex(server.log[-1], "^info stopped; ")

    def test_a_request_that_is_no_session_is_of_level_debug(self):
        for level, expected in [("debug", 1), ("info", 0)]:
            with Server("--log_level=" + level) as server:
                with self.assertRaises(urllib.error.HTTPError) as refused:
                    urllib.request.urlopen(server.url("/nowhere?a=b", "http"))
                refused.exception.close()
                server.stop()
                lines = [line for line in server.log if "answered 404 to GET /nowhere?a=b" in line]
                self.assertEqual(len(lines), expected, level)


    async def test_whom_the_server_refuses(self):
        # All of them: there is one line in a second of these, unless there is no limit.
        config = {"limits": {"connections": 2}, "log": {"lines_per_second": 0}}
        with Server(config=config) as server:
            with self.assertRaises(websockets.InvalidStatusCode) as refused:
                await connect(server.url("/chat"), origin="https://other.example")
            self.assertEqual(refused.exception.status_code, 403)
            server.wait_log(r'warn 127\.0\.0\.1:\d+ was refused at /chat: it is a page of '
                            r'"https://other\.example"; see origins$')
            address = ("127.0.0.1", server.port)
            with socket.create_connection(address), socket.create_connection(address), \
                    socket.create_connection(address) as third:
                third.settimeout(DEADLINE_SECONDS)
                self.assertIn(b" 503 ", third.recv(4096))
                server.wait_log(rf"warn 127\.0\.0\.1:{third.getsockname()[1]} was refused: "
                                r"the server is full, by limits\.connections$")


class JsonTest(unittest.IsolatedAsyncioTestCase):
    def objects(self, server):
        """The lines so far; all are JSON."""
        return [json.loads(line) for line in server.raw_log]

    async def test_every_line_is_an_object_with_what_it_is_about(self):
        with Server("--log_format=json", "--log_messages") as server:
            client = await connect(server.url("/echo"))
            await client.send('say "hi",\n世界')
            self.assertEqual(await receive(client), 'say "hi",\n世界')
            await client.close(4000, "bye")
            server.wait_log('"event":"disconnected"')
            server.stop()
            lines = self.objects(server)
        for line in lines:
            self.assertRegex(line["time"], r"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\Z")
            self.assertIn(line["level"], ["info", "warn"])
        about = [line for line in lines if line.get("peer") == endpoint(client)]
        shared = {"level": "info", "peer": endpoint(client), "session": about[0]["session"],
                  "route": "echo"}
        self.assertIsInstance(shared["session"], int)
        message = {"payload": 'say "hi",\n世界', "bytes": 16}
        quoted = r'"say \"hi\",\n世界"'
        self.assertEqual([{name: line[name] for name in line if name != "time"} for line in about], [
            shared | {"event": "connected", "message": "connected"},
            shared | message | {"event": "received", "message": ">> " + quoted},
            shared | message | {"event": "sent", "message": "<< " + quoted},
            shared | {"event": "disconnected", "message": 'disconnected (4000 "bye")',
                      "code": 4000, "reason": "bye"},
        ])
        events = [line["event"] for line in lines]
        self.assertEqual(events[0], "starting")
        self.assertEqual(events[-2:], ["stopping", "stopped"])
        self.assertIn({"pattern": "/echo", "route": "echo"},
                      [{name: line.get(name) for name in ["pattern", "route"]} for line in lines])

    async def test_what_is_left_out_is_counted(self):
        config = {"log": {"format": "json", "lines_per_second": 1}}
        with Server(config=config) as server:
            for _ in range(9):
                async with connect(server.url("/echo")):
                    pass
            server.stop()
            lines = [line for line in self.objects(server) if line["event"] == "connected"]
        self.assertEqual(sum(line.get("more", 1) for line in lines), 9)


class StuckTest(unittest.IsolatedAsyncioTestCase):
    """A log that can not be written: the server goes on, and says later how much was lost."""

    # A message of it is a line of a kilobyte for everybody in the room; of almost three in JSON.
    MESSAGE = "\x01" * 256
    CLIENTS = 40

    async def flood(self, address, messages):
        """Says something in a room so often; then somebody else is served, too."""
        room = [await connect(f"ws://{address}/chat/flood") for _ in range(self.CLIENTS)]
        for _ in range(messages):
            await room[0].send(self.MESSAGE)
            for client in room:
                self.assertEqual(await receive(client), self.MESSAGE)
        async with connect(f"ws://{address}/echo") as client:
            await client.send("hello")
            self.assertEqual(await receive(client), "hello")
        for client in room:
            await client.close()

    async def test_by_a_reader_that_has_stopped(self):
        process = subprocess.Popen(
            [binary(), "--listen=127.0.0.1:0", "--log_messages", "--log_format=json"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            address = LISTENING.search(process.stdout.readline().decode()).group(1)
            # Eight mebibytes wait, and a message makes 110 KiB of log.
            await self.flood(address, 100)
            lost = 0
            # The line comes as soon as there is room, and what comes next is written again.
            for line in process.stdout:
                event = json.loads(line)
                if event["event"] == "log_lost":
                    lost = event["lines"]
                    break
            self.assertGreater(lost, 0)
            process.send_signal(signal.SIGTERM)
            rest = await asyncio.to_thread(process.stdout.read)
            self.assertIn(b'"event":"stopped"', rest)
            self.assertEqual(process.wait(DEADLINE_SECONDS), 0)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()

    async def test_by_a_file_that_is_full(self):
        with tempfile.NamedTemporaryFile() as log:
            process = subprocess.Popen(
                [binary(), "--listen=127.0.0.1:0", "--log_messages"], stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT)
            try:
                address = None
                deadline = time.monotonic() + DEADLINE_SECONDS
                while address is None and time.monotonic() < deadline:
                    with open(log.name, encoding="utf-8") as text:
                        address = LISTENING.search(text.read())
                    await asyncio.sleep(0.01)
                self.assertIsNotNone(address)
                # Not before: a sanitizer begins with a file of its own.
                resource.prlimit(process.pid, resource.RLIMIT_FSIZE,
                                 (100_000, resource.RLIM_INFINITY))
                await self.flood(address.group(1), 10)
                self.assertEqual(os.path.getsize(log.name), 100_000)
                # There is room again.
                resource.prlimit(process.pid, resource.RLIMIT_FSIZE,
                                 (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
                process.send_signal(signal.SIGTERM)
                self.assertEqual(await asyncio.to_thread(process.wait, DEADLINE_SECONDS), 0)
                with open(log.name, encoding="utf-8") as text:
                    rest = text.read()[100_000:]
                self.assertRegex(rest, r"\A\n?[^\n]* warn the log could not be written: \d+ lines")
                self.assertIn(" info stopped; ", rest)
            finally:
                process.kill()
                process.wait()


if __name__ == "__main__":
    unittest.main()
