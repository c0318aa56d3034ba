#!/usr/bin/python3
"""What a typed line means."""

import unittest

from tools.chat.commands import HELP, CommandError, parse
from tools.chat.conversation import Conversation


class CommandsTest(unittest.TestCase):
    def test_what_is_no_command_is_said(self):
        for line, text in [("hello", "hello"), (" /help", " /help"), ("//help", "/help"),
                           ("//", "/"), ("a /b", "a /b")]:
            self.assertEqual(parse(line), ("say", {"text": text}))

    def test_commands(self):
        for line, name, arguments in [
                ("/help", "help", {}),
                ("/who ", "who", {}),
                ("/quit", "quit", {}),
                ("/leave", "leave", {}),
                ("/join tea", "join", {"room": "tea"}),
                ("/history", "history", {"count": 20}),
                ("/history 100", "history", {"count": 100}),
                ("/edit hello there", "edit", {"target": None, "text": "hello there"}),
                ("/edit #58 hello", "edit", {"target": 58, "text": "hello"}),
                ("/edit 3 is my number", "edit", {"target": None, "text": "3 is my number"}),
                ("/edit #hash", "edit", {"target": None, "text": "#hash"}),
                ("/delete", "delete", {"target": None}),
                ("/delete #58", "delete", {"target": 58}),
                ("/react 👍", "react", {"target": None, "key": "👍"}),
                ("/unreact #5 👍", "unreact", {"target": 5, "key": "👍"}),
                ("/msg Grace psst  you", "msg", {"name": "Grace", "text": "psst  you"}),
                ('/msg "Grace H" psst', "msg", {"name": "Grace H", "text": "psst"}),
                ("/msg @q0Xb psst", "msg", {"name": "@q0Xb", "text": "psst"}),
        ]:
            self.assertEqual(parse(line), (name, arguments), line)

    def test_mistakes_are_told_with_what_was_expected(self):
        for line in ["/who me", "/edit", "/edit #58", "/delete 58", "/delete #58 now", "/react",
                     "/react #58", "/msg", "/msg Grace", "/history 0", "/history 101",
                     "/history ten", "/join"]:
            name = line.split()[0]
            with self.assertRaisesRegex(CommandError, f"^expected {name}"):
                parse(line)
        for line in ["/", "/nonsense", "/ help", "/Help"]:
            with self.assertRaisesRegex(CommandError, "/help shows"):
                parse(line)

    def test_every_command_of_the_help_is_done_by_something(self):
        for name in [*HELP, "say"]:
            self.assertTrue(callable(getattr(Conversation, "do_" + name)))


if __name__ == "__main__":
    unittest.main()
