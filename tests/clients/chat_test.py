#!/usr/bin/python3
"""Chat between clients that are not ours: Debian's python3-websockets and Node's ws."""

import asyncio
import unittest

from tests.clients.node import NodeClient
from tests.process.client import closed, connect, endpoint, receive, receive_many, wait_log
from tests.process.server import Server

# Around the places where the length of a frame header changes, and up to limits.message_bytes.
SIZES = [0, 1, 125, 126, 127, 65535, 65536, 100_000, 1024 * 1024]

TEXTS = ["teste", "", "grüß dich", "こんにちは世界", "🎉👨‍👩‍👧‍👦", "\x00\x1f\u2028\ufeff",
         '{"json": "\\"yes\\""}']


def pattern(size):
    """Bytes that are numbered, so that no part of them can take another's place."""
    return bytes(range(256)).join(b"%d" % i for i in range(size // 256 + 2))[:size]


class ChatTest(unittest.IsolatedAsyncioTestCase):
    async def test_python_and_node_in_a_room(self):
        messages = [*TEXTS, *map(pattern, SIZES), *("é" * (size // 2) for size in SIZES)]
        with Server() as server:
            url = server.url("/chat/languages")
            async with NodeClient(url) as node, connect(url) as python:
                await node.opened()
                for message in messages:
                    await python.send(message)
                    self.assertTrue(await receive(python) == message, repr(message[:20]))
                    self.assertTrue(await node.receive() == message, repr(message[:20]))
                for message in messages:
                    await node.send(message)
                    self.assertTrue(await node.receive() == message, repr(message[:20]))
                    self.assertTrue(await receive(python) == message, repr(message[:20]))

    async def test_messages_in_fragments_arrive_whole(self):
        with Server() as server:
            url = server.url("/chat")
            async with NodeClient(url) as node, connect(url) as python:
                await node.opened()
                for parts in [["one"], ["a", "", "bc", ""], ["x" * 1000] * 100,
                              [b"\x00", b"\x01\x02"]]:
                    whole = type(parts[0])().join(parts)
                    await python.send(parts)
                    self.assertEqual(await receive(python), whole)
                    self.assertEqual(await node.receive(), whole)
                await node.do("fragments", ["Hel", "lo", "", " world"])
                self.assertEqual(await node.receive(), "Hello world")
                self.assertEqual(await receive(python), "Hello world")

    async def test_a_hundred_clients_get_all_messages_in_one_order(self):
        senders, each = 5, 10
        with Server("--threads=2") as server:
            clients = await asyncio.gather(*(connect(server.url("/chat")) for _ in range(100)))

            async def say(number):
                for i in range(each):
                    await clients[number].send(f"{number}:{i}")

            received = asyncio.gather(*(receive_many(client, senders * each) for client in clients))
            await asyncio.gather(*map(say, range(senders)))
            first, *others = await received
            for other in others:
                self.assertEqual(other, first)
            for number in range(senders):
                own = [text for text in first if text.startswith(f"{number}:")]
                self.assertEqual(own, [f"{number}:{i}" for i in range(each)])

            # And nothing came twice: what is sent now is what comes next.
            await clients[0].send("end")
            self.assertEqual([await receive(client) for client in clients], ["end"] * 100)
            await asyncio.gather(*(client.close() for client in clients))

    async def test_rooms_are_apart(self):
        with Server() as server:
            red, blue = server.url("/chat/red"), server.url("/chat/blue")
            async with connect(red) as python_red, connect(blue) as python_blue, \
                    NodeClient(red) as node_red, NodeClient(blue) as node_blue:
                await node_red.opened()
                await node_blue.opened()
                await python_red.send("red")
                await node_blue.send("blue")
                self.assertEqual([await receive(python_red), await node_red.receive()], ["red"] * 2)
                self.assertEqual([await receive(python_blue), await node_blue.receive()],
                                 ["blue"] * 2)
                # What comes next shows that the other room's message did not come in between.
                await python_blue.send("blue again")
                await node_red.send("red again")
                self.assertEqual([await receive(python_red), await node_red.receive()],
                                 ["red again"] * 2)
                self.assertEqual([await receive(python_blue), await node_blue.receive()],
                                 ["blue again"] * 2)

    async def test_room_names_are_decoded(self):
        with Server() as server:
            async with connect(server.url("/chat/caf%C3%A9%2Fbar")) as python, \
                    NodeClient(server.url("/chat/caf%c3%a9%2fb%61r")) as node:
                await node.opened()
                await python.send("same room")
                self.assertEqual(await node.receive(), "same room")

    async def test_a_client_that_is_terminated_leaves_the_others_alone(self):
        with Server() as server:
            url = server.url("/chat")
            async with connect(url) as ada, connect(url) as bob, NodeClient(url) as node:
                await node.opened()
                await node.send("hello")
                self.assertEqual(await receive_many(ada, 1), ["hello"])
                self.assertEqual(await receive_many(bob, 1), ["hello"])
                for i in range(50):
                    await ada.send(f"{i}" * 10_000)
                    if i == 10:
                        # In the middle of what it is sent.
                        await node.do("terminate")
                for client in [ada, bob]:
                    self.assertEqual(await receive_many(client, 50),
                                     [f"{i}" * 10_000 for i in range(50)])
                # Node's log line is the first, and the only one so far.
                await wait_log(server, "disconnected")
                await bob.send("still here")
                self.assertEqual(await receive(ada), "still here")
                self.assertEqual(await receive(bob), "still here")
                lines = [line for line in server.log if "disconnected" in line]
                self.assertEqual(len(lines), 1, lines)
                self.assertNotIn(endpoint(ada), lines[0])
                self.assertNotIn(endpoint(bob), lines[0])

    async def test_all_are_told_when_the_server_stops(self):
        with Server() as server:
            url = server.url("/chat")
            async with NodeClient(url) as node, connect(url) as python:
                await node.opened()
                stop = asyncio.to_thread(server.stop)
                code, node_end, python_end = await asyncio.gather(stop, node.event(),
                                                                  closed(python))
                self.assertEqual(code, 0)
                for end in [node_end[1:], python_end]:
                    self.assertEqual(end[0], 1012)
                    self.assertRegex(end[1], r"\Athe server stops; retry in \d+ ms\Z")
                self.assertEqual(node_end[0], "close")


if __name__ == "__main__":
    unittest.main()
