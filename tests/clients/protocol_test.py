#!/usr/bin/python3
"""The protocol around messages, with clients that are not ours: pings, closes, offers."""

import asyncio
import base64
import re
import unittest

from tests.clients.node import NodeClient
from tests.process.client import closed, connect, endpoint, receive, wait_log, websockets, within
from tests.process.server import Server


class PingedClient(websockets.WebSocketClientProtocol):
    """Answers pings as always, and counts them."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.pinged = asyncio.Semaphore(0)

    async def pong(self, data=b""):
        await super().pong(data)
        self.pinged.release()


class PingTest(unittest.IsolatedAsyncioTestCase):
    async def test_the_server_answers_pings_with_what_they_hold(self):
        with Server() as server:
            async with connect(server.url("/echo")) as python, \
                    NodeClient(server.url("/echo")) as node:
                await node.opened()
                for data in [b"", b"data", b"x" * 125]:
                    # Resolved by the pong that holds the same.
                    await within(await python.ping(data), "the pong")
                for data in ["", "data", "x" * 125]:
                    await node.do("ping", data)
                    self.assertEqual(await node.event(), ("pong", data))

    async def test_a_ping_between_fragments_is_answered(self):
        with Server() as server:
            async with connect(server.url("/echo")) as python:
                async def parts():
                    yield "one, "
                    await within(await python.ping(b"between"), "the pong")
                    yield "two"

                await python.send(parts())
                self.assertEqual(await receive(python), "one, two")

    async def test_who_answers_the_servers_pings_stays(self):
        # A ping after a second of silence.
        with Server(config={"limits": {"idle_seconds": 2}}) as server:
            async with connect(server.url("/echo"), create_protocol=PingedClient) as python, \
                    NodeClient(server.url("/echo")) as node:
                await node.opened()
                # Three make more than those two seconds.
                for _ in range(3):
                    self.assertEqual((await node.event())[0], "ping")
                    await within(python.pinged.acquire(), "a ping")
                await node.send("still here")
                await python.send("here, too")
                self.assertEqual(await receive(python), "here, too")
                while (event := await node.event())[0] == "ping":
                    pass
                self.assertEqual(event, ("text", "still here"))


class CloseTest(unittest.IsolatedAsyncioTestCase):
    async def ended(self, server, how):
        """Waits for the log line of a client's end."""
        await wait_log(server, re.escape(how) + "$")

    async def test_python_closes(self):
        with Server() as server:
            for code, reason, logged in [(1000, "", "(1000)"), (4000, "enough", '(4000 "enough")')]:
                client = await connect(server.url("/chat"))
                await client.close(code, reason)
                # The server's close frame says the code again, without the reason.
                self.assertEqual(await closed(client), (code, ""))
                await self.ended(server, f"{endpoint(client)} disconnected {logged}")

    async def test_node_closes(self):
        with Server() as server:
            for close, event, logged in [
                    ((1000,), (1000, ""), "disconnected (1000)"),
                    ((4000, "enough"), (4000, ""), 'disconnected (4000 "enough")'),
                    # A close frame without a code is answered with that of a normal end.
                    ((), (1000, ""), "disconnected"),
            ]:
                async with NodeClient(server.url("/chat")) as client:
                    await client.opened()
                    await client.do("close", *close)
                    self.assertEqual(await client.event(), ("close", *event))
                    await self.ended(server, logged)

    async def test_a_message_that_is_too_big_is_1009(self):
        with Server(config={"limits": {"message_bytes": 1000}}) as server:
            python = await connect(server.url("/chat"))
            await python.send(b"x" * 1001)
            self.assertEqual((await closed(python))[0], 1009)
            async with NodeClient(server.url("/chat")) as node:
                await node.opened()
                await node.do("fragments", ["x" * 600, "x" * 600])
                self.assertEqual((await node.event())[:2], ("close", 1009))
            await wait_log(server, r"disconnected \(1009\b", 2)

    async def test_text_that_is_not_utf8_is_1007(self):
        with Server() as server:
            async with NodeClient(server.url("/chat")) as node:
                await node.opened()
                await node.do("raw_text", base64.b64encode(b"caf\xe9").decode())
                self.assertEqual((await node.event())[:2], ("close", 1007))
            await wait_log(server, r"disconnected \(1007\b")

    async def test_a_route_that_refuses_says_why(self):
        with Server() as server:
            async with NodeClient(server.url("/chat/" + "x" * 129)) as node:
                await node.opened()
                self.assertEqual(await node.event(),
                                 ("close", 1008, "a room's name has at most 128 bytes"))


class OfferTest(unittest.IsolatedAsyncioTestCase):
    """What a client may offer and the server does not take."""

    async def test_compression_is_declined(self):
        text = "the same again and again, " * 100
        with Server() as server:
            async with connect(server.url("/chat"), compression="deflate") as python, \
                    NodeClient(server.url("/chat"), perMessageDeflate=True) as node:
                self.assertEqual((await node.opened())["extensions"], "")
                offer = python.request_headers["Sec-WebSocket-Extensions"]
                self.assertIn("permessage-deflate", offer)
                self.assertNotIn("Sec-WebSocket-Extensions", python.response_headers)
                self.assertEqual(python.extensions, [])
                await python.send(text)
                await node.send("and back")
                self.assertEqual({await node.receive(), await node.receive()}, {text, "and back"})
                self.assertEqual({await receive(python), await receive(python)}, {text, "and back"})

    async def test_no_subprotocol_is_selected(self):
        with Server() as server:
            async with connect(server.url("/echo"), subprotocols=["chat.v2", "chat.v1"]) as python:
                self.assertIsNone(python.subprotocol)
                await python.send("all the same")
                self.assertEqual(await receive(python), "all the same")

    async def test_node_leaves_where_its_subprotocol_is_not_selected(self):
        # By its own choice (RFC 6455 section 4.1 leaves it that); the server goes on.
        with Server() as server:
            async with NodeClient(server.url("/echo"), protocols=["chat.v1"]) as node:
                self.assertEqual(await node.event(), ("error", "Server sent no subprotocol"))
            async with NodeClient(server.url("/echo")) as node:
                self.assertEqual((await node.opened())["protocol"], "")

    async def test_a_wrong_path_is_404(self):
        with Server() as server:
            for path in ["/nowhere", "/chats", "/chat/a/b", "/echo/", "/chat/%zz"]:
                status = 400 if "%zz" in path else 404
                with self.assertRaises(websockets.InvalidStatusCode) as refused:
                    await connect(server.url(path))
                self.assertEqual(refused.exception.status_code, status, path)
                async with NodeClient(server.url(path)) as node:
                    self.assertEqual(await node.event(), ("refused", status), path)


if __name__ == "__main__":
    unittest.main()
