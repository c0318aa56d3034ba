#!/usr/bin/python3
"""The manual page has every flag and every setting, and is fit for man; the configuration is right."""

import os
import re
import subprocess
import unittest

from tests.process.server import binary, run

PAGE = "packaging/fanfare.8"


class ManualTest(unittest.TestCase):
    def shown(self):
        """The page as `man` shows it, in one line."""
        page = subprocess.run(
            ["man", "--warnings", "--encoding=ascii", "--local-file", PAGE], capture_output=True,
            text=True, check=True, env=os.environ | {"MANWIDTH": "500", "LC_ALL": "C.UTF-8"})
        self.assertEqual(page.stderr, "")
        return re.sub("\\s+", " ", re.sub(".\b", "", page.stdout))

    def test_it_has_every_flag(self):
        flags = re.findall(r"^ +--(\w+) \(", run("--help").stdout, re.MULTILINE)
        self.assertIn("config", flags)
        page = self.shown()
        for flag in [*flags, "version", "help"]:
            self.assertRegex(page, rf"--{flag}[ =]")

    def test_it_has_every_setting(self):
        # The server's own list of its keys, from its error about one that there is not.
        page = self.shown()
        for where, prefix in [("{}", ""), ('"limits": {}', "limits."), ('"admin": {}', "admin.")]:
            text = '{"?": 0}' if where == "{}" else "{" + where.replace("{}", '{"?": 0}') + "}"
            error = run("--print_config", config=text).stderr
            known = re.search("known are (.*)", error)
            self.assertIsNotNone(known, error)
            for name in known[1].split(", "):
                self.assertIn(f" {prefix}{name}", page)
        self.assertIn(" limits.shutdown_seconds (5) how long a stop may take", page)

    def test_operators_are_answered_where_the_image_looks(self):
        with open("packaging/docker.json", encoding="utf-8") as file:
            port = re.search(r'"admin": {"listen": \["127\.0\.0\.1:(\d+)"\]}', file.read())[1]
        with open("Dockerfile", encoding="utf-8") as file:
            self.assertIn(f"/dev/tcp/127.0.0.1/{port} ", file.read())

    def test_the_configuration_that_is_installed_is_right(self):
        for file in ["packaging/fanfare.json", "packaging/docker.json",
                     "packaging/all_settings.json"]:
            result = subprocess.run([binary(), "--check_config=" + file], capture_output=True,
                                    text=True, check=False)
            self.assertEqual((result.returncode, result.stderr), (0, ""), result.stdout)


if __name__ == "__main__":
    unittest.main()
