#!/usr/bin/python3
"""Rooms as event streams: live, recovered without loss or repetition, and what can not be."""

import asyncio
import unittest

from tests.chat.http_peer import ask, post, stream
from tests.chat.peer import chat_server, peer
from tests.chat.schema import problem
from tests.process.client import connect, receive
from tests.process.server import Server


class LiveTest(unittest.IsolatedAsyncioTestCase):
    async def test_readers_are_sent_what_clients_of_the_protocol_are(self):
        for threads in [1, 2]:
            with chat_server(threads=threads) as server:
                async with peer(server, room="lobby", name="Ada") as ada, \
                        connect(server.url("/chat/lobby")) as plain, \
                        stream(server) as one, stream(server) as two:
                    await ada.say("é👍\n\u2028 two lines", data={"a": [1, None]})
                    await plain.send("plain\r\n\r\ntext")
                    await receive(plain)
                    self.assertEqual(await receive(plain), "plain\r\n\r\ntext")
                    await plain.send(b"\x00\n\n")
                    await receive(plain)
                    await post(server, "by HTTP")
                    await ada.ok(type="edit", room="lobby", target=1, text="edited")
                    await ada.ok(type="react", room="lobby", target=1, key="👍")
                    await ada.ok(type="delete", room="lobby", target=1)
                    sent = await ada.events(7)
                    for reader in (one, two):
                        events = await reader.events(7)
                        self.assertEqual(events, sent)
                        self.assertEqual(reader.last_id, f"{ada.joined['epoch']}:7")
                        for event in events:
                            self.assertIsNone(problem("server", event))

    async def test_what_is_not_kept_is_not_told(self):
        with chat_server() as server:
            async with stream(server) as reader, peer(server, room="lobby") as ada:
                await ada.take("presence")
                await ada.ok(type="typing", room="lobby", on=True)
                await ada.take("typing")
                await ada.say("hello")
                self.assertEqual((await reader.event())["text"], "hello")

    async def test_readers_are_nobody(self):
        with chat_server() as server:
            async with stream(server), peer(server, room="lobby") as ada:
                page = await ada.ask(type="members", room="lobby")
                self.assertEqual([page["count"], len(page["members"])], [1, 1])

    async def test_history(self):
        with chat_server() as server:
            async with peer(server, room="lobby") as ada:
                for text in ["one", "two", "three"]:
                    await ada.say(text)
                await ada.ok(type="delete", room="lobby", target=2)
                async with stream(server, query="?history=3") as reader:
                    two, three, gone = await reader.events(3)
                    self.assertEqual((two["deleted"], two["offset"]), (True, 2))
                    self.assertNotIn("text", two)
                    self.assertEqual((three["text"], gone["type"]), ("three", "delete"))
                    await ada.say("four")
                    self.assertEqual((await reader.event())["text"], "four")

    async def test_the_head(self):
        with chat_server() as server:
            async with stream(server, query="?history=0") as reader:
                await post(server, "hello")
                await reader.event()
                self.assertEqual(reader.headers["cache-control"], "no-store")
                self.assertGreater(reader.retry, 0)

    async def test_pages_of_other_sites(self):
        config = {"origins": ["https://www.example"]}
        with Server(config=config) as server:
            for headers, status in [({"Origin": "https://other.example"}, 403),
                                    ({"Origin": "null"}, 403)]:
                answer = await ask(server, "GET", "/chat/lobby/events", headers=headers)
                self.assertEqual(answer.status, status)
            async with stream(server, Origin="https://www.example") as reader:
                self.assertEqual(reader.headers["access-control-allow-origin"],
                                 "https://www.example")

    async def test_bad_requests(self):
        with chat_server() as server:
            for path, code in [("/chat/lobby/events?history=101", "bad_frame"),
                               ("/chat/a%20b/events", "bad_room")]:
                answer = await ask(server, "GET", path)
                self.assertEqual((answer.status, answer.body["error"]["code"]), (400, code))
            for method in ["POST", "PUT", "DELETE"]:
                self.assertEqual((await ask(server, method, "/chat/lobby/events")).status, 405)

    async def test_as_many_rooms_as_there_may_be(self):
        with chat_server(rooms=1) as server:
            async with stream(server, room="tea"):
                answer = await ask(server, "GET", "/chat/coffee/events")
                self.assertEqual((answer.status, answer.body["error"]["code"]),
                                 (503, "too_many_rooms"))
            # Nobody is in it any more; whoever comes next may have its place.
            async with stream(server, room="tea") as tea:
                tea.cut()
            while (answer := await ask(server, "GET", "/api/rooms")).body["rooms"][0]["count"]:
                await asyncio.sleep(0.01)

    async def test_readers_are_told_by_the_end_when_the_server_stops(self):
        with chat_server() as server:
            async with stream(server) as reader:
                await post(server, "last")
                self.assertEqual((await reader.event())["text"], "last")
                self.assertEqual(server.stop(), 0)
                self.assertIsNone(await reader.event())


class RecoveryTest(unittest.IsolatedAsyncioTestCase):
    async def test_a_reader_that_is_cut_again_and_again_misses_nothing(self):
        for threads in [1, 2]:
            with chat_server(threads=threads) as server:
                async with peer(server, room="lobby") as ada, \
                        connect(server.url("/chat/lobby")) as plain, \
                        stream(server) as new:
                    each = 20
                    count = 200
                    total = 3 * count

                    async def by_websocket():
                        for number in range(count):
                            await ada.say(f"websocket {number}")

                    async def by_plain_websocket():
                        for number in range(count):
                            await plain.send(f"plain {number}")
                            await receive(plain)

                    async def by_http():
                        for number in range(count):
                            await post(server, f"http {number}")

                    async def read():
                        last_id = await new.place()
                        heard = []
                        while len(heard) < total:
                            async with stream(server, last_id=last_id) as reader:
                                heard += await reader.events(min(each, total - len(heard)))
                                last_id = reader.last_id
                                reader.cut()
                        return heard

                    heard, *_ = await asyncio.gather(read(), by_websocket(), by_plain_websocket(),
                                                     by_http())
                    self.assertEqual([event["offset"] for event in heard],
                                     list(range(1, total + 1)))
                    for kind in ["websocket", "plain", "http"]:
                        self.assertEqual(
                            [event["text"] for event in heard if event["text"].startswith(kind)],
                            [f"{kind} {number}" for number in range(count)])
                    self.assertEqual(heard, await ada.events(total))

    async def test_a_reader_that_was_cut_before_anything_came(self):
        with chat_server() as server:
            await post(server, "before")
            async with stream(server) as reader:
                place = await reader.place()
                reader.cut()
            await post(server, "missed")
            async with stream(server, last_id=place) as back:
                self.assertEqual((await back.event())["text"], "missed")

    async def test_a_client_that_can_not_send_the_header(self):
        with chat_server() as server:
            async with stream(server) as reader:
                for text in ["one", "two"]:
                    await post(server, text)
                await reader.event()
            async with stream(server, query=f"?last_event_id={reader.last_id}") as back:
                self.assertEqual((await back.event())["text"], "two")

    async def test_what_is_not_kept_any_more_is_a_gap(self):
        with chat_server(history={"events": 3}) as server:
            async with stream(server) as reader:
                for number in range(6):
                    await post(server, f"{number}")
                events = await reader.events(6)
                epoch = reader.last_id.rpartition(":")[0]
            for offset, recovered in [(2, False), (3, True), (5, True), (6, True), (7, False)]:
                async with stream(server, last_id=f"{epoch}:{offset}") as back:
                    if not recovered:
                        self.assertEqual(await back.event(), {
                            "type": "gap", "room": "lobby", "recovered": False, "epoch": epoch,
                            "offset": 6, "first": 4})
                        self.assertEqual(back.last_id, f"{epoch}:6")
                    else:
                        self.assertEqual(await back.events(6 - offset), events[offset:])
            async with stream(server, query="?history=2", last_id=f"{epoch}:1") as back:
                gap, *history = await back.events(3)
                self.assertEqual((gap["type"], history), ("gap", events[4:]))

    async def test_a_server_that_started_again(self):
        with chat_server() as server:
            async with stream(server) as reader:
                await post(server, "old life")
                await reader.event()
        with chat_server() as server:
            async with stream(server, last_id=reader.last_id) as back:
                gap = await back.event()
                self.assertEqual((gap["type"], gap["offset"], gap["first"]), ("gap", 0, 1))
                await post(server, "new life")
                self.assertEqual((await back.event())["text"], "new life")

    async def test_a_reader_that_is_too_slow_comes_back(self):
        limits = {"log_bytes": 65536, "message_bytes": 65000, "handshake_seconds": 3}
        with chat_server(limits=limits, history={"bytes": 1000}) as server:
            async with stream(server, read_ahead=65536) as slow, \
                    peer(server, room="lobby") as ada:
                # More than the system holds for a reader that does not read.
                total = 400
                for _ in range(total):
                    await ada.say("x" * 16384, data="x" * 16000)
                    await ada.events(1)
                heard = []
                while (event := await slow.event()) is not None:
                    heard.append(event["offset"])
                self.assertEqual(heard, list(range(1, len(heard) + 1)))
                self.assertLess(len(heard), total)
                async with stream(server, last_id=slow.last_id) as back:
                    self.assertEqual((await back.event())["type"], "gap")


if __name__ == "__main__":
    unittest.main()
