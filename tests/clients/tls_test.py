#!/usr/bin/python3
"""wss:// and https://, with clients that are not ours, beside others in plain text."""

import asyncio
import http.client
import json
import socket
import unittest

from tests.process.certificates import Certificates, SecureServer
from tests.clients.node import NodeClient
from tests.process.client import (
    closed, connect, endpoint, receive, receive_many, wait_log, websockets, within)
from tests.process.server import DEADLINE_SECONDS

SIZES = [0, 1, 125, 126, 16 * 1024 - 1, 16 * 1024, 65535, 65536, 300_000, 1024 * 1024]


def numbered(size):
    return b"".join(b"%07d " % i for i in range(size // 8 + 1))[:size]


class TlsTest(unittest.IsolatedAsyncioTestCase):
    def start(self, *flags, **config):
        certificates = self.enterContext(Certificates())
        server = self.enterContext(SecureServer(
            *flags, certificates=[certificates.make("a")], config=config))
        self.trust = certificates.trust("a")
        return server

    def secure(self, server, path, **options):
        return connect(server.secure_url(path), ssl=self.trust, **options)

    def https(self, server):
        connection = http.client.HTTPSConnection(
            "127.0.0.1", server.secure_port, context=self.trust, timeout=DEADLINE_SECONDS)
        self.addCleanup(connection.close)
        return connection


class ChatTest(TlsTest):
    async def test_one_room_for_both(self):
        server = self.start("--threads=2")
        async with self.secure(server, "/chat/tea") as one, self.secure(server, "/chat/tea") as two, \
                connect(server.url("/chat/tea")) as plain:
            clients = [one, two, plain]
            for size in SIZES:
                for sender in clients:
                    message = numbered(size)
                    await sender.send(message)
                    for client in clients:
                        self.assertTrue(await receive(client) == message, size)

    async def test_many_at_once_get_all_in_one_order(self):
        server = self.start("--threads=2")
        clients = await asyncio.gather(
            *(self.secure(server, "/chat") if number % 2 else connect(server.url("/chat"))
              for number in range(30)))

        async def say(number):
            for i in range(20):
                await clients[number].send(f"{number}: {i} " + "x" * (i * 500))

        await asyncio.gather(*map(say, range(6)))
        heard = await asyncio.gather(*(receive_many(client, 120) for client in clients))
        self.assertEqual(len(set(heard[0])), 120)
        for messages in heard:
            self.assertEqual(messages, heard[0])
        await asyncio.gather(*(client.close() for client in clients))

    async def test_messages_in_fragments_and_pings(self):
        server = self.start()
        async with self.secure(server, "/echo") as client:
            await client.send(["a", "", "bc", "x" * 100_000])
            self.assertEqual(await receive(client), "abc" + "x" * 100_000)
            await within(await client.ping(b"data"), "the pong")

    async def test_the_closing_handshake_and_the_end_of_tls(self):
        server = self.start()
        client = await self.secure(server, "/chat")
        address = endpoint(client)
        await client.close(4000, "enough")
        self.assertEqual(await closed(client), (4000, ""))
        await wait_log(server, f'{address} disconnected \\(4000 "enough"\\)$')
        async with self.secure(server, "/chat") as client:
            await client.send(b"x" * (1024 * 1024 + 1))
            self.assertEqual((await closed(client))[0], 1009)

    async def test_a_stop_tells_them_to_come_back(self):
        server = self.start()
        async with self.secure(server, "/chat") as one, connect(server.url("/chat")) as plain:
            stopping = asyncio.create_task(asyncio.to_thread(server.stop))
            for client in (one, plain):
                code, reason = await closed(client)
                self.assertEqual(code, 1012)
                self.assertIn("retry in ", reason)
            self.assertEqual(await stopping, 0)

    async def test_a_slow_reader_gets_whole_messages_and_then_why(self):
        limits = {"message_bytes": 65536, "log_bytes": 262144, "outbox_bytes": 262144}
        server = self.start(limits=limits, admin={"listen": "127.0.0.1:0"})
        raw = socket.socket()
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.connect(("127.0.0.1", server.secure_port))
        async with connect(server.secure_url("/chat"), ssl=self.trust, sock=raw,
                           server_hostname="127.0.0.1") as slow, \
                self.secure(server, "/chat") as talker:
            slow.transport.pause_reading()
            # The kernel holds some megabytes for it.
            for number in range(4000):
                message = f"{number} ".ljust(16000, "x")
                await talker.send(message)
                self.assertTrue(await receive(talker) == message)
                if number % 50 == 49 and self.has_fallen(server):
                    break
            slow.transport.resume_reading()
            heard = 0
            while True:
                try:
                    message = await within(slow.recv(), "a message")
                except websockets.ConnectionClosed:
                    break
                self.assertTrue(message.startswith(f"{heard} "), message[:20])
                self.assertEqual(len(message), 16000)
                heard += 1
            code, reason = await closed(slow)
            self.assertEqual(code, 1013)
            self.assertIn("fell behind", reason)
            self.assertGreater(heard, 0)

    def has_fallen(self, server):
        port = int(server.wait_log(r"for operators: http://127\.0\.0\.1:(\d+)/")[0][1])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE_SECONDS)
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
        connection.close()
        return 'fanfare_slow_readers_total{action="disconnect"} 1' in text


class HttpTest(TlsTest):
    def answer(self, connection, method, path, body=None, **headers):
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()

    async def test_the_page_and_the_interface_of_the_chat(self):
        server = self.start()
        connection = self.https(server)
        status, page = self.answer(connection, "GET", "/")
        self.assertEqual(status, 200)
        self.assertIn(b"<!doctype html>", page.lower())
        async with self.secure(server, "/chat/tea") as client:
            # On the same connection, and as a page of this very server does.
            status, body = self.answer(connection, "POST", "/api/rooms/tea/messages",
                                       json.dumps({"text": "by https"}),
                                       **{"Content-Type": "application/json"})
            self.assertEqual(status, 201, body)
            self.assertEqual(await receive(client), "by https")

    async def test_large_requests_are_refused_as_in_plain_text(self):
        server = self.start()
        for request, status in [
                (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 1_000_000 + b"\r\n\r\n", b"431"),
                (b"POST /chat HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n"
                 + b"x" * 1_000_000, b"413"),
                (b"what is this?\r\n\r\n", b"400")]:
            reader, writer = await within(asyncio.open_connection(
                "127.0.0.1", server.secure_port, ssl=self.trust))
            writer.write(request)
            # To its clean end: it has been answered though it went on sending.
            answer = await within(reader.read(), "the answer")
            self.assertTrue(answer.startswith(b"HTTP/1.1 " + status), answer[:100])
            writer.close()

    async def test_an_event_stream(self):
        server = self.start()
        reader, writer = await within(asyncio.open_connection(
            "127.0.0.1", server.secure_port, ssl=self.trust, limit=2**20))
        writer.write(b"GET /chat/tea/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        head = await within(reader.readuntil(b"\r\n\r\n"), "the head")
        self.assertIn(b"text/event-stream", head)
        async with self.secure(server, "/chat/tea") as client:
            for text in ["one", "two" * 30_000]:
                await client.send(text)
                while text.encode() not in await within(reader.readline(), "the event"):
                    pass
        server.send_signal(15)
        self.assertIn(b"retry: ", await within(reader.read(), "the end"))
        writer.close()

    async def test_node_comes_by_tls(self):
        server = self.start()
        url = server.secure_url("/chat", host="localhost")
        async with NodeClient(url, rejectUnauthorized=False) as node, \
                self.secure(server, "/chat") as python:
            await node.opened()
            await node.send("from Node")
            self.assertEqual(await node.receive(), "from Node")
            self.assertEqual(await receive(python), "from Node")


if __name__ == "__main__":
    unittest.main()
