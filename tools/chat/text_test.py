#!/usr/bin/python3
"""What others say can not control a terminal, nor look like somebody else's words."""

import sys
import unicodedata
import unittest

from tools.chat import render, text
from tools.chat.fake_link import TIME, message

EVIL = ["\x1b[2J", "\x1b]0;title\x07", "\x9b2J", "\x9d0;title\x9c", "a\rb", "a\bb", "\x7f", "\0",
        "\u202egnp.exe", "\u2066", "\ud800", "\x85", "\x0b", "\x1c"]


def shown(event):
    return [render.plain(line) for line in render.event(event)]


class TextTest(unittest.TestCase):
    def test_nothing_that_controls_is_left(self):
        every = "".join(map(chr, range(sys.maxunicode + 1)))
        for line in [*text.lines(every), text.line(every)]:
            for char in line:
                self.assertNotIn(unicodedata.category(char), ("Cc", "Cs"), hex(ord(char)))
            line.encode()
            self.assertFalse(set(line) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))

    def test_what_is_harmless_stays(self):
        for same in ["hello", "grüß dich", "こんにちは", "👨‍👩‍👧‍👦", "שלום", "a\u200eb", ""]:
            self.assertEqual(text.lines(same), [same])
            self.assertEqual(text.line(same), same)

    def test_pictures(self):
        self.assertEqual(text.line("\x1b[2J\n\x7f"), "␛[2J␊␡")
        self.assertEqual(text.lines("a\tb\r\nc\u2028d"), ["a    b", "c", "d"])


class RenderTest(unittest.TestCase):
    def test_everything_of_others_is_harmless(self):
        for evil in EVIL:
            evil_member = {"session": "s" + evil, "name": evil}
            frames = [message(1, evil, data={evil: [evil]}),
                      {**message(2), "from": evil_member},
                      {**message(3), "type": "edit", "target": 1, "text": evil},
                      {**message(4), "type": "reaction", "target": 1, "key": evil, "on": True},
                      {**message(5), "type": "delete", "target": 1, "from": evil_member}]
            lines = [line for frame in frames for line in shown(frame)]
            lines += [render.plain(line) for line in render.direct(frames[1])]
            lines += [render.plain(render.presence([evil], [evil], 1)), render.typing([evil]),
                      render.plain(render.error(evil))]
            for line in lines:
                self.assertTrue(all(unicodedata.category(char) not in ("Cc", "Cs")
                                    for char in line), repr(line))

    def test_further_lines_do_not_look_like_messages(self):
        first, second = shown(message(1, "a\n00:00:00 #2 Ada: b"))
        self.assertTrue(first.endswith(" #1 Grace: a"), first)
        self.assertEqual(second, "    00:00:00 #2 Ada: b")

    def test_kinds_of_events(self):
        def line(**members):
            return shown({**message(9), **members})[0].partition("#9 ")[2]
        self.assertEqual(line(), "Grace: hello")
        self.assertEqual(line(text="", data={"a": "é"}), 'Grace:  {"a": "é"}')
        self.assertEqual(line(text="", data="x" * 1000)[-8:], "xxxxxxx…")
        self.assertEqual(line(type="edit", target=3, text="b"), "Grace edited #3: b")
        self.assertEqual(line(type="delete", target=3), "Grace deleted #3")
        self.assertEqual(line(type="reaction", target=3, key="👍", on=True), "Grace says 👍 to #3")
        self.assertEqual(line(type="reaction", target=3, key="+", on=False),
                         "Grace takes back + to #3")
        self.assertEqual(line(text="", binary="AAAA"), "Grace sent 3 bytes or a few less")
        self.assertEqual(line(deleted=True), "Grace said what is deleted: a message")

    def test_many_names(self):
        names = [f"n{i}" for i in range(20)]
        self.assertEqual(render.plain(render.presence(names, [], 20)),
                         "n0, n1, n2, n3, n4, n5, n6, n7 and 12 others came · 20 here")
        self.assertEqual(render.plain(render.presence([], ["a"], 1)), "a left · 1 here")
        self.assertEqual(render.typing(["a"]), "a is typing…")
        self.assertEqual(render.typing(["a", "b"]), "a, b are typing…")
        self.assertEqual(render.typing([]), "")

    def test_a_session_has_one_colour_and_sessions_differ(self):
        colours = [render.colour(f"session{i}") for i in range(200)]
        self.assertEqual(colours, [render.colour(f"session{i}") for i in range(200)])
        self.assertEqual(set(colours), set(render.COLOURS))

    def test_times_are_local(self):
        self.assertRegex(render.clock(TIME), r"^\d\d:\d\d:00$")


if __name__ == "__main__":
    unittest.main()
