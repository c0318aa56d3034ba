#!/usr/bin/python3
"""Frames that are none: each is answered with its error, and the session goes on."""

import json
import random
import unittest

from tests.chat.peer import chat_server, peer
from tests.process.client import within

# A right request of each type; `ID` is filled in.
REQUESTS = {
    "resume": {"session": "s", "token": "t"},
    "ping": {},
    "join": {"room": "other", "name": "Ada", "history": 1,
             "recover": {"epoch": "e", "offset": 1}},
    "leave": {"room": "lobby"},
    "publish": {"room": "lobby", "text": "x"},
    "edit": {"room": "lobby", "target": 1, "text": "x"},
    "delete": {"room": "lobby", "target": 1},
    "react": {"room": "lobby", "target": 1, "key": "+", "on": True},
    "history": {"room": "lobby", "before": 1, "limit": 1},
    "members": {"room": "lobby", "after": "", "limit": 1},
    "typing": {"room": "lobby", "on": True},
    "direct": {"to": {"session": "s"}, "text": "x"},
}
OPTIONAL = {("join", "name"), ("join", "history"), ("join", "recover"), ("react", "on"),
            ("history", "before"), ("history", "limit"), ("members", "after"),
            ("members", "limit"), ("typing", "on")}
STRING, NUMBER, FLAG, OBJECT = "x", 1, True, {}
WRONG = [None, STRING, NUMBER, FLAG, OBJECT, 1.5, -1, [], 2**64]


def nested(depth):
    """JSON of so many levels, the frame included."""
    return '{"type": "ping", "id": "1", "x": ' + "[" * (depth - 1) + "]" * (depth - 1) + "}"


def fits(value, wrong):
    """Whether a wrong value is of the same type as the right one, and so might be taken."""
    if isinstance(value, bool) or isinstance(wrong, bool):
        return isinstance(value, bool) and isinstance(wrong, bool)
    if isinstance(value, int):
        return wrong == 1 and isinstance(wrong, int)
    return isinstance(wrong, type(value))


class MalformedTest(unittest.IsolatedAsyncioTestCase):
    async def error(self, one, text):
        """What a frame without a readable id is answered with."""
        await one.client.send(text)
        error = await one.take("error")
        self.assertNotIn("id", error)
        return error

    async def test_what_is_not_json(self):
        with chat_server() as server:
            async with peer(server) as ada:
                for text in ["", " ", "hello", "{", "}", "[]", "1", "null", '"x"', '{"type": "ping"',
                             "{'type': 'ping'}", '{"type": "ping",}', '{"type": "ping"} {}',
                             '{"type": "\x01"}', '{"type": "\\ud800"}', '{"type": "\\x"}',
                             '{"a": NaN}', '{"a": 01}', '{"a": 1e999}', "\ufeff{}", "\x00",
                             '{"type": "ping"}\x00', "{" * 10, '{"a":' * 15]:
                    error = await self.error(ada, text)
                    self.assertEqual(error["code"], "bad_json", text)
                    self.assertRegex(error["message"], r"\bline \d+, column \d+\b")
                await ada.pong()

    async def test_the_place_of_the_mistake(self):
        with chat_server() as server:
            async with peer(server) as ada:
                for text, place in [('{"type": "ping"', "line 1, column 16"),
                                    ('{\n  "é": x\n}', "line 2, column 8")]:
                    self.assertIn(place, (await self.error(ada, text))["message"])

    async def test_what_is_nested_too_deep(self):
        with chat_server() as server:
            async with peer(server, room="lobby") as ada:
                await ada.client.send(nested(16).replace('"1"', '"deep"'))
                ada._asked.add("deep")  # pylint: disable=protected-access
                self.assertEqual((await ada.answer("deep"))["type"], "pong")
                for text in [nested(17), nested(1000), nested(100_000), "[" * 500_000,
                             '{"a":' * 100_000]:
                    self.assertEqual((await self.error(ada, text))["code"], "too_deep")
                # In a string, they are no levels.
                await ada.say("[" * 100 + '"{' * 100)

    async def test_a_frame_that_is_too_large_ends_the_session(self):
        with chat_server(limits={"message_bytes": 100_000}) as server:
            async with peer(server, room="lobby") as ada:
                await ada.refused("too_large", type="publish", room="lobby", text="x" * 90_000)
                await ada.pong()
                await ada.client.send("x" * 100_001)
                self.assertEqual(await ada.closed(), 1009)

    async def test_a_binary_message_ends_the_session(self):
        with chat_server() as server:
            for message in [b"", b'{"type": "ping"}']:
                async with peer(server) as ada:
                    await ada.client.send(message)
                    self.assertEqual(await ada.closed(), 1003)

    async def test_types_that_there_are_not(self):
        with chat_server() as server:
            async with peer(server) as ada:
                for kind in ["", "Ping", "pong", "welcome", "message", "x" * 10_000]:
                    await ada.refused("unknown_type", type=kind)
                for text in ["{}", '{"type": 1}', '{"type": null}', '{"type": ["ping"]}']:
                    self.assertEqual((await self.error(ada, text))["code"], "bad_frame")

    async def test_ids(self):
        with chat_server() as server:
            async with peer(server, room="lobby") as ada:
                for number in ["", "x" * 65, "é" * 65, 1, None, True, [], {}]:
                    await ada.client.send(json.dumps(
                        {"type": "publish", "id": number, "room": "lobby", "text": "x"}))
                    error = await ada.take("error")
                    self.assertEqual(error["code"], "bad_frame")
                    self.assertIn("id", error["message"])
                self.assertEqual((await self.error(
                    ada, '{"type": "publish", "room": "lobby", "text": "x"}'))["code"], "bad_frame")
                for number in ["x" * 64, "é" * 64, "\x00", "👍"]:
                    await ada.say("x", id=number)
                self.assertEqual((await ada.say("x"))["offset"], 5)

    async def test_members_that_are_missing(self):
        with chat_server() as server:
            async with peer(server, room="lobby") as ada:
                for kind, members in REQUESTS.items():
                    for member in members:
                        if (kind, member) not in OPTIONAL:
                            rest = {name: members[name] for name in members if name != member}
                            error = await ada.refused("bad_frame", type=kind, **rest)
                            self.assertIn(member, error["message"])

    async def test_members_of_the_wrong_type(self):
        with chat_server() as server:
            async with peer(server, room="lobby") as ada:
                for kind, members in REQUESTS.items():
                    for member, value in members.items():
                        for wrong in WRONG:
                            if not fits(value, wrong):
                                error = await ada.refused("bad_frame", type=kind,
                                                          **members | {member: wrong})
                                self.assertIn(member, error["message"])
                for recover in [{}, {"epoch": "e"}, {"offset": 1}, {"epoch": 1, "offset": 1},
                                {"epoch": "e", "offset": "1"}, {"epoch": "e", "offset": -1}]:
                    await ada.refused("bad_frame", type="join", room="other", recover=recover)
                # None of these did anything.
                page = await ada.ask(type="history", room="lobby", before=2**53 - 1)
                self.assertEqual(page["events"], [])

    async def test_members_that_are_not_known_are_ignored(self):
        with chat_server() as server:
            async with peer(server, room="lobby") as ada:
                await ada.say("x", new={"a": [1]}, target="x", limit="y")
                self.assertEqual((await ada.take("message"))["text"], "x")


class FuzzTest(unittest.IsolatedAsyncioTestCase):
    async def test_damaged_frames_do_no_harm(self):
        seed = random.SystemRandom().randrange(2**32)
        chance = random.Random(seed)
        with self.subTest(seed=seed), chat_server() as server:
            async with peer(server, room="lobby") as ada, peer(server, room="lobby") as grace:
                for _ in range(500):
                    kind, members = chance.choice(list(REQUESTS.items()))
                    text = list(json.dumps({"type": kind} | members))
                    for _ in range(chance.randrange(1, 4)):
                        place = chance.randrange(len(text))
                        text[place] = chance.choice(['"', "{", "[", "]", "}", ",", "0", "\\", "é",
                                                     "", "\x00", text[place] * 2])
                    await ada.client.send("".join(text))
                # It may have left the room, or said something; but it is there, and so are all.
                await within(ada.pong(), "the answer after damaged frames")
                await grace.say("end")
                await grace.take("message", text="end")


if __name__ == "__main__":
    unittest.main()
