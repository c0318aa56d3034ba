#!/usr/bin/python3
"""The HTTP interface of chat, beside clients of the same rooms."""

import unittest

from tests.chat.http_peer import ask, post, stream
from tests.chat.peer import chat_server, peer, peers, until
from tests.chat.schema import problem
from tests.process.client import connect, receive

JSON = {"Content-Type": "application/json"}
MESSAGES = "/api/rooms/lobby/messages"


class PublishTest(unittest.IsolatedAsyncioTestCase):
    async def test_everybody_in_the_room_hears_it(self):
        for threads in [1, 2]:
            with chat_server(threads=threads) as server:
                async with peer(server, room="lobby") as ada, peer(server, room="tea") as grace, \
                        connect(server.url("/chat/lobby")) as plain, stream(server) as reader:
                    answer = await ask(server, "POST", MESSAGES,
                                       {"text": "é\n👍", "data": {"a": [1]}, "name": "Bot"})
                    event = await ada.take("message")
                    self.assertEqual(answer.status, 201)
                    self.assertEqual(answer.body, {
                        "room": "lobby", "epoch": ada.joined["epoch"], "offset": 1,
                        "time": event["time"]})
                    self.assertEqual((event["text"], event["data"], event["from"]["name"]),
                                     ("é\n👍", {"a": [1]}, "Bot"))
                    self.assertEqual(await receive(plain), "é\n👍")
                    self.assertEqual(await reader.event(), event)
                    await grace.pong()
                    self.assertEqual(grace.left("message"), [])

    async def test_what_may_be_absent(self):
        with chat_server() as server:
            async with peer(server, room="lobby") as ada:
                answer = await ask(server, "POST", MESSAGES, {"data": None})
                self.assertEqual(answer.status, 201)
                event = await ada.take("message")
                self.assertEqual((event["text"], event["data"], event["from"]["name"]),
                                 ("", None, "guest"))

    async def test_a_room_is_made_and_keeps_what_was_said_in_it(self):
        with chat_server() as server:
            await post(server, "first", room="new")
            async with peer(server, room="new", history=10) as ada:
                self.assertEqual([event["text"] for event in ada.joined["history"]], ["first"])

    async def test_nobody_can_change_what_was_posted(self):
        with chat_server() as server:
            async with peer(server, room="lobby") as ada:
                await post(server, "posted")
                await ada.refused("not_yours", type="edit", room="lobby", target=1, text="mine")
                await ada.ok(type="react", room="lobby", target=1, key="👍")

    async def test_a_key_that_is_used_again(self):
        with chat_server() as server:
            async with peer(server, room="lobby") as ada:
                first = await ask(server, "POST", MESSAGES, {"text": "once"},
                                  {"Idempotency-Key": "k1"})
                again = await ask(server, "POST", MESSAGES, {"text": "once"},
                                  {"Idempotency-Key": "k1"})
                self.assertEqual((first.status, again.status), (201, 200))
                self.assertEqual(again.body, {**first.body, "duplicate": True})
                # In another room, and without a key, it is another message.
                other = await post(server, "once", room="tea", Idempotency_Key="k1")
                self.assertNotIn("duplicate", other)
                await post(server, "once")
                await post(server, "new", Idempotency_Key="k2")
                self.assertEqual([event["text"] for event in await ada.events(3)],
                                 ["once", "once", "new"])

    async def test_the_newest_keys_are_remembered(self):
        with chat_server() as server:
            for number in range(257):
                await post(server, "x", Idempotency_Key=f"k{number}")
            self.assertEqual((await post(server, "x", Idempotency_Key="k1"))["offset"], 2)
            self.assertEqual((await post(server, "x", Idempotency_Key="k0"))["offset"], 258)

    async def test_bad_requests(self):
        with chat_server() as server:
            long = {"text": "x" * 16385}
            for body, headers, status, code in [
                    ("", JSON, 400, "bad_json"), ("{", JSON, 400, "bad_json"),
                    ("[]", JSON, 400, "bad_json"), (b'{"text": "\xff"}', JSON, 400, "bad_json"),
                    ("[" * 17, JSON, 400, "too_deep"), ({}, {}, 400, "bad_frame"),
                    ({"text": 1}, {}, 400, "bad_frame"), ({"text": None}, {}, 400, "bad_frame"),
                    ({"text": "x", "name": ""}, {}, 400, "bad_name"),
                    ({"text": "x", "name": "a\nb"}, {}, 400, "bad_name"),
                    ({"text": "x", "name": "x" * 65}, {}, 400, "bad_name"),
                    (long, {}, 413, "too_large"), ({"data": long}, {}, 413, "too_large"),
                    ({"text": "x"}, {"Idempotency-Key": "k" * 65}, 400, "bad_frame"),
                    ({"text": "x"}, {"Idempotency-Key": ""}, 400, "bad_frame"),
                    ('{"text": "x"}', {}, 415, "unsupported_media_type"),
                    ('{"text": "x"}', {"Content-Type": "text/plain"}, 415,
                     "unsupported_media_type"),
                    ('{"text": "x"}', {"Content-Type": "application/jsonp"}, 415,
                     "unsupported_media_type")]:
                answer = await ask(server, "POST", MESSAGES, body, headers)
                self.assertEqual((answer.status, answer.body["error"]["code"]), (status, code),
                                 (body, headers))
                self.assertTrue(answer.body["error"]["message"])
            answer = await ask(server, "POST", MESSAGES, {"data": "x" * 70000})
            self.assertEqual(answer.status, 413)
            # None of it was heard by anybody.
            self.assertEqual((await ask(server, "GET", "/api/rooms")).body["rooms"], [])
            for content_type in ["application/json; charset=utf-8", "Application/JSON"]:
                answer = await ask(server, "POST", MESSAGES, '{"text": "x"}',
                                   {"Content-Type": content_type})
                self.assertEqual(answer.status, 201)

    async def test_room_names(self):
        with chat_server() as server:
            for name, status in [("a%20b", 400), ("%C3%A9", 400), ("x" * 129, 400),
                                 ("x" * 128, 201), ("a.b_c~d:e@f-g", 201), ("", 404)]:
                answer = await ask(server, "POST", f"/api/rooms/{name}/messages", {"text": "x"})
                self.assertEqual(answer.status, status, name)
                if status == 400:
                    self.assertEqual(answer.body["error"]["code"], "bad_room")

    async def test_as_many_rooms_as_there_may_be(self):
        with chat_server(rooms=1) as server:
            async with peer(server, room="lobby"):
                answer = await ask(server, "POST", "/api/rooms/tea/messages", {"text": "x"})
                self.assertEqual((answer.status, answer.body["error"]["code"]),
                                 (503, "too_many_rooms"))


class ReadTest(unittest.IsolatedAsyncioTestCase):
    async def test_history_by_pages(self):
        with chat_server(history={"events": 10}) as server:
            async with peer(server, room="lobby") as ada:
                for number in range(12):
                    await ada.say(f"{number}")
                events = (await ada.events(12))[2:]
                page = (await ask(server, "GET", MESSAGES)).body
                self.assertEqual(page, {"room": "lobby", "epoch": ada.joined["epoch"], "first": 3,
                                        "events": events})
                asked = await ada.ask(type="history", room="lobby", before=8, limit=3)
                page = (await ask(server, "GET", f"{MESSAGES}?before=8&limit=3")).body
                self.assertEqual(page["events"], asked["events"])
                self.assertEqual(page["events"], events[2:5])
                read, before = [], 1 << 53
                while not read or read[0]["offset"] > page["first"]:
                    page = (await ask(server, "GET",
                                      f"{MESSAGES}?limit=4&before={min(before, 2**53 - 1)}")).body
                    read = page["events"] + read
                    before = read[0]["offset"]
                self.assertEqual(read, events)

    async def test_deleted_messages_have_no_content(self):
        with chat_server() as server:
            async with peer(server, room="lobby") as ada:
                await ada.say("deleted", data=1)
                await ada.ok(type="delete", room="lobby", target=1)
                page = (await ask(server, "GET", MESSAGES)).body
                self.assertTrue(page["events"][0]["deleted"])
                self.assertIsNone(problem("server", {**page, "type": "events"}))

    async def test_members_by_pages(self):
        with chat_server() as server:
            async with peers(server, "Ada", "Grace", "Edsger") as members, \
                    connect(server.url("/chat/lobby")):
                async def count():
                    return (await ask(server, "GET", "/api/rooms/lobby/members")).body["count"]

                await until(lambda: is_equal(count(), 4), "four members")
                read, after = [], ""
                while after is not None:
                    page = (await ask(server, "GET",
                                      f"/api/rooms/lobby/members?limit=2&after={after}")).body
                    self.assertLessEqual(len(page["members"]), 2)
                    self.assertEqual((page["room"], page["count"]), ("lobby", 4))
                    read += page["members"]
                    after = page["next"]
                self.assertEqual(sorted(member["name"] for member in read),
                                 ["Ada", "Edsger", "Grace", "guest"])
                sessions = [member["session"] for member in read]
                self.assertEqual(sessions, sorted(set(sessions)))
                self.assertLessEqual({member.session for member in members}, set(sessions))

    async def test_rooms_by_pages(self):
        with chat_server() as server:
            async with peers(server, "Ada", "Grace", room="a"), \
                    connect(server.url("/chat/b")) as plain:
                await plain.send("kept nowhere")
                await receive(plain)
                await post(server, "one", room="a")
                await post(server, "one", room="c")
                await post(server, "two", room="c")
                rooms = [{"room": "a", "count": 2, "offset": 1},
                         {"room": "b", "count": 1, "offset": 0},
                         {"room": "c", "count": 0, "offset": 2}]
                answer = await ask(server, "GET", "/api/rooms")
                self.assertEqual(answer.body, {"rooms": rooms, "next": None})
                first = (await ask(server, "GET", "/api/rooms?limit=2")).body
                self.assertEqual(first, {"rooms": rooms[:2], "next": "b"})
                rest = (await ask(server, "GET", "/api/rooms?limit=2&after=b")).body
                self.assertEqual(rest, {"rooms": rooms[2:], "next": None})

    async def test_rooms_that_there_are_not(self):
        with chat_server() as server:
            for what in ["messages", "members"]:
                answer = await ask(server, "GET", f"/api/rooms/nowhere/{what}")
                self.assertEqual((answer.status, answer.body["error"]["code"]),
                                 (404, "no_such_room"))
            # Asking made none.
            self.assertEqual((await ask(server, "GET", "/api/rooms")).body["rooms"], [])

    async def test_bad_numbers(self):
        with chat_server() as server:
            await post(server, "x")
            for path in ["/api/rooms?limit=0", "/api/rooms?limit=101", f"{MESSAGES}?limit=x",
                         f"{MESSAGES}?before=0", f"{MESSAGES}?before={2**53}",
                         "/api/rooms/lobby/members?limit=-1"]:
                answer = await ask(server, "GET", path)
                self.assertEqual((answer.status, answer.body["error"]["code"]),
                                 (400, "bad_frame"), path)

    async def test_other_methods(self):
        with chat_server() as server:
            for method, path, allow in [("PUT", MESSAGES, "GET, POST, HEAD"),
                                        ("POST", "/api/rooms", "GET, HEAD"),
                                        ("DELETE", "/api/rooms/lobby/members", "GET, HEAD"),
                                        ("OPTIONS", MESSAGES, "GET, POST, HEAD")]:
                answer = await ask(server, method, path)
                self.assertEqual((answer.status, answer.headers["Allow"]), (405, allow))
            # The chat's own paths are as they were.
            self.assertEqual((await ask(server, "GET", "/chat/lobby")).status, 426)
            self.assertEqual((await ask(server, "POST", "/chat/lobby", {})).status, 405)


async def is_equal(awaitable, expected):
    return await awaitable == expected


if __name__ == "__main__":
    unittest.main()
