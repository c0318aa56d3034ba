#!/usr/bin/python3
"""Following routes/README.md to the letter gives a route that works.

Its blocks that name a file are those of the greet route here, which the other tests build and use;
only the folder differs. So a change of one needs the other.
"""

import pathlib
import re
import unittest

HERE = pathlib.Path("tests/tiny_route")
README = pathlib.Path("routes/README.md").read_text(encoding="utf-8")

# ```cpp routes/greet/greet.cc
BLOCK = re.compile(r"^```\w+ (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class ReadmeTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.blocks = dict(BLOCK.findall(README))

    def test_the_files_of_the_route_are_those_that_are_tested(self):
        files = {str(path.relative_to(HERE)): path.read_text(encoding="utf-8")
                 for path in (HERE / "greet").iterdir()}
        files["greet/BUILD"] = files["greet/BUILD"].partition("\n# Not in the README:")[0]
        self.assertEqual(set(files), {"greet/BUILD", "greet/greet.cc", "greet/greet_test.cc"})
        shown = {name.removeprefix("routes/"): text for name, text in self.blocks.items()
                 if name.startswith("routes/greet/")}
        self.assertEqual(set(shown), set(files))
        for name, text in files.items():
            self.assertMultiLineEqual(shown[name], text, name)

    def test_the_line_of_the_list_is_like_the_others(self):
        line = self.blocks["routes/routes.bzl"]
        self.assertEqual(line, '    "//routes/greet",\n')
        routes = pathlib.Path("routes/routes.bzl").read_text(encoding="utf-8")
        self.assertRegex(routes, re.compile(r'^    "//routes/echo",$', re.MULTILINE))
        # And what the tested server has is that route, in this folder.
        self.assertIn('"//tests/tiny_route/greet"', (HERE / "BUILD").read_text(encoding="utf-8"))

    def test_the_configuration_is_the_one_that_is_tested(self):
        self.assertEqual(self.blocks["greet.json"],
                         (HERE / "greet.json").read_text(encoding="utf-8"))

    def test_no_block_is_left_unchecked(self):
        self.assertEqual(set(self.blocks), {
            "routes/greet/greet.cc", "routes/greet/BUILD", "routes/greet/greet_test.cc",
            "routes/routes.bzl", "greet.json"})


if __name__ == "__main__":
    unittest.main()
