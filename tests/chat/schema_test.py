#!/usr/bin/python3
"""The schema fits the examples of PROTOCOL.md, and nothing that is a little different from them."""

import json
import pathlib
import re
import unittest

from tests.chat.schema import SCHEMA, jsonschema, problem, validator

TIME = "2026-11-24T09:30:00.000Z"
COMMON = f'"room": "lobby", "time": "{TIME}", "from": {{"session": "q0Xb", "name": "Ada"}}'
# What the document abbreviates.
ABBREVIATIONS = [("[ … ]", "[]"), (" …,", f" {COMMON},"), ('"2026-…Z"', f'"{TIME}"'),
                 ('"time": "…"', f'"time": "{TIME}"')]

# Members of a server's frame that may be absent; all others must be there.
OPTIONAL = {("message", "data"), ("pong", "id"), ("joined", "id"), ("events", "id"),
            ("members", "id"), ("renewed", "id"), ("error", "id"), ("error", "room"), ("ack", "session"),
            ("ack", "offset")}

MESSAGE = {"type": "message", "room": "lobby", "offset": 58, "time": TIME,
           "from": {"session": "q0Xb", "name": "Ada"}, "text": "hello"}


def examples():
    """The frames of the document: those of its blocks, and those within its sentences."""
    text = pathlib.Path("routes/chat/PROTOCOL.md").read_text(encoding="utf-8")
    found = re.findall(r"^```json\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    found += re.findall(r'`(\{"type":.*?\})`', text)
    for part in found:
        for short, long in ABBREVIATIONS:
            part = part.replace(short, long)
        while part := part.strip():
            frame, end = json.JSONDecoder().raw_decode(part)
            part = part[end:]
            yield frame


def side(frame):
    """Whose frame it is, where the type alone does not say it."""
    if frame["type"] in ("edit", "delete", "typing", "direct"):
        return "server" if "from" in frame else "client"
    if frame["type"] == "members":
        return "server" if "version" in frame else "client"
    return "client" if f"client.{frame['type']}" in SCHEMA["$defs"] else "server"


class ExamplesTest(unittest.TestCase):
    def setUp(self):
        self.examples = [(side(frame), frame) for frame in examples()]

    def test_every_frame_of_the_schema_has_an_example_or_is_one_of_these(self):
        shown = {f"{of}.{frame['type']}" for of, frame in self.examples}
        defined = {name for name in SCHEMA["$defs"] if "." in name} - {"client.request"}
        # Requests that the document has in a table.
        self.assertEqual(defined - shown,
                         {"client.publish", "client.edit", "client.delete", "client.react"})
        self.assertEqual(shown - defined, set())

    def test_examples_are_valid(self):
        for of, frame in self.examples:
            self.assertIsNone(problem(of, frame))

    def test_the_type_decides_which_frame_it_is(self):
        ends = {"client": validator("clientFrame"), "server": validator("serverFrame")}
        for of, frame in self.examples:
            self.assertTrue(ends[of].is_valid(frame), frame)
            self.assertFalse(ends[of].is_valid({**frame, "type": "other"}), frame)
            if of == "client":
                self.assertFalse(ends["server"].is_valid(frame), frame)

    def test_nothing_may_be_missing_from_what_the_server_sends(self):
        for _, frame in filter(lambda example: example[0] == "server", self.examples):
            for member in frame:
                rest = {name: value for name, value in frame.items() if name != member}
                if (frame["type"], member) in OPTIONAL:
                    self.assertIsNone(problem("server", rest))
                else:
                    self.assertIsNotNone(problem("server", rest), (member, frame))

    def test_nothing_may_be_of_another_type(self):
        for of, frame in self.examples:
            for member in frame.keys() - {"data"}:
                for wrong in [None, 1.5, [[]], {"": 1}]:
                    # There is no further page.
                    if (member, wrong) == ("next", None):
                        continue
                    self.assertIsNotNone(problem(of, {**frame, member: wrong}), (member, frame))

    def test_nothing_may_be_added_to_what_the_server_sends(self):
        for of, frame in self.examples:
            more = {**frame, "new": 1}
            if of == "server":
                self.assertIsNotNone(problem(of, more))
            else:
                self.assertIsNone(problem(of, more))

    def test_objects_within_are_checked_too(self):
        for of, frame in self.examples:
            if of == "server":
                for member, value in frame.items():
                    if isinstance(value, dict) and member != "data":
                        self.assertIsNotNone(problem(of, {**frame, member: {**value, "new": 1}}))
                        for name in value:
                            rest = {key: value[key] for key in value if key != name}
                            self.assertIsNotNone(problem(of, {**frame, member: rest}), frame)


class DetailsTest(unittest.TestCase):
    def check(self, of, good, bad):
        for frame in good:
            self.assertIsNone(problem(of, frame))
        for frame in bad:
            self.assertIsNotNone(problem(of, frame), frame)

    def test_messages(self):
        binary = {**MESSAGE, "text": "", "binary": "AAE="}
        self.check("server", [MESSAGE, binary, {**MESSAGE, "data": None}],
                   [{**binary, "text": "x"}, {**binary, "data": 1}, {**MESSAGE, "offset": 0},
                    {**MESSAGE, "time": "2026-11-24T09:30:00Z"}, {**MESSAGE, "deleted": True}])

    def test_deleted_is_for_pages_and_has_no_text(self):
        page = {"type": "events", "room": "lobby", "epoch": "b8", "first": 1}
        deleted = {name: value for name, value in MESSAGE.items() if name != "text"}
        deleted["deleted"] = True
        edit = {**deleted, "type": "edit", "target": 1}
        self.check("server", [{**page, "events": [MESSAGE, deleted, edit]}],
                   [{**page, "events": [event]} for event in [
                       {**deleted, "text": ""}, {**deleted, "data": 1}, {**edit, "text": ""},
                       {**deleted, "deleted": False}, {**deleted, "type": "delete", "target": 1}]])
        self.check("server", [], [deleted, edit])

    def test_acks(self):
        ack = {"type": "ack", "id": "1"}
        self.check("server", [ack, {**ack, "room": "a", "offset": 1, "duplicate": True}],
                   [{"type": "ack"}, {**ack, "offset": 1}, {**ack, "room": "a", "duplicate": True},
                    {**ack, "room": "a", "offset": 1, "duplicate": False}])

    def test_presence_is_listed_or_not(self):
        frame = {"type": "presence", "room": "lobby", "version": 3, "count": 1001}
        self.check("server", [{**frame, "listed": False}],
                   [frame, {**frame, "listed": True}, {**frame, "joined": []},
                    {**frame, "listed": False, "joined": [], "left": []}])

    def test_typing_has_an_end_if_it_begins(self):
        frame = {"type": "typing", "room": "a", "from": {"session": "s", "name": "n"}}
        self.check("server", [{**frame, "on": True, "expires": TIME}, {**frame, "on": False}],
                   [{**frame, "on": True}])

    def test_requests(self):
        publish = {"type": "publish", "id": "1", "room": "lobby"}
        self.check("client",
                   [{**publish, "text": ""}, {**publish, "data": None},
                    {"type": "edit", "room": "a", "target": 1, "text": "x"},
                    {"type": "delete", "room": "a", "target": 1},
                    {"type": "react", "room": "a", "target": 1, "key": "+", "on": False}],
                   [publish, {"type": "publish", "room": "lobby", "text": "x"},
                    {**publish, "id": "", "text": "x"}, {**publish, "id": "x" * 65, "text": "x"},
                    {**publish, "room": "a b", "text": "x"},
                    {"type": "react", "room": "a", "target": 1, "key": ""},
                    {"type": "join", "room": "a", "name": "a\nb"},
                    {"type": "direct", "to": {"name": "a"}, "text": "x"},
                    {"type": "direct", "to": {"session": "s", "name": "a"}, "text": "x"}])

    def test_the_schema_is_a_schema(self):
        jsonschema.Draft202012Validator.check_schema(SCHEMA)
        with self.assertRaises(jsonschema.SchemaError):
            jsonschema.Draft202012Validator.check_schema({"type": "frame"})


if __name__ == "__main__":
    unittest.main()
