#!/usr/bin/python3
"""The configuration file: what it changes, its mistakes, and flags, which win over it."""

import asyncio
import json
import os
import re
import tempfile
import unittest

from tests.process.client import closed, connect, receive, websockets
from tests.process.server import ConfigFile, Server, run


class ConfigErrorTest(unittest.TestCase):
    """Mistakes: one line on stderr that names the file and the place in it, and exit code 1."""

    def assert_error(self, problem, config):
        with ConfigFile(config) as flags:
            file = flags[0].partition("=")[2]
            result = run(*flags, "--listen=127.0.0.1:0")
        self.assertEqual(result.stderr, f"server: {file}: {problem}\n")
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stdout, "")

    def assert_route_error(self, problem, *routes):
        self.assert_error(problem, {"routes": routes})

    def test_unknown_keys(self):
        self.assert_error('thread: unknown key; did you mean "threads"?', {"thread": 1})
        self.assert_error('limits.mesage_bytes: unknown key; did you mean "message_bytes"?',
                          {"limits": {"mesage_bytes": 1}})
        self.assert_error('routes[1].pattern: unknown key; did you mean "patterns"?',
                          {"routes": [{"route": "chat"}, {"route": "echo", "pattern": "/e"}]})

    def test_wrong_types(self):
        self.assert_error('threads: expected a whole number from 0 to 256, got "2"',
                          {"threads": "2"})
        self.assert_error("log_messages: expected true or false, got 1", {"log_messages": 1})
        self.assert_error("listen[1]: expected a string, got 80", {"listen": ["*:80", 80]})
        self.assert_error("limits: expected an object, got an array", {"limits": []})
        self.assert_error("routes: expected an array of objects, got an object", {"routes": {}})
        self.assert_error("routes[0].route: missing; expected the name of a route",
                          {"routes": [{}]})
        self.assert_error("expected an object, got an array", [])

    def test_numbers_out_of_range(self):
        self.assert_error("threads: expected a whole number from 0 to 256, got 257",
                          {"threads": 257})
        self.assert_error(
            "limits.idle_seconds: expected a whole number from 1 to 86400, got 0",
            {"limits": {"idle_seconds": 0}})
        self.assert_error(
            "limits.log_bytes: expected at least 1048586 to hold one message of 1048576 bytes "
            "(limits.message_bytes) and its header, got 1000", {"limits": {"log_bytes": 1000}})

    def test_options(self):
        self.assert_route_error("routes[0].options.size: unknown key; there are none here",
                                {"route": "echo", "options": {"size": 1}})

    def test_patterns(self):
        for patterns, problem in [
                (["/echo"], 'patterns[0]: pattern "/echo" of route "chat" '
                            'matches the same paths as "/echo" of route "echo"'),
                (["/a/{x}", "/a/{y}"], 'patterns[1]: pattern "/a/{y}" of route "chat" '
                                       'matches the same paths as "/a/{x}" of route "chat"'),
                (["chat"], 'patterns[0]: pattern "chat" of route "chat": '
                           "a pattern must start with a slash"),
        ]:
            self.assert_route_error("routes[0]." + problem,
                                    {"route": "chat", "patterns": patterns})

    def test_a_route_that_is_not_linked(self):
        # The names of those that are follow.
        result = run("--listen=127.0.0.1:0", config={"routes": [{"route": "chatt"}]})
        self.assertRegex(result.stderr, r'\Aserver: [^:]+: routes\[0\]\.route: there is no route "chatt"; '
                                        r"linked are (.+, )?chat, [^\n]+\n\Z")
        self.assertEqual(result.returncode, 1)

    def test_text_that_is_not_json(self):
        for text, place in [('{"threads": 1,\n  }', "line 2, column 3"), ("{", "line 1, column 2"),
                            ("threads = 1", "line 1, column 2")]:
            with ConfigFile(text) as flags:
                file = flags[0].partition("=")[2]
                result = run(*flags, "--listen=127.0.0.1:0")
            # What is wrong there is in the words of the JSON library.
            self.assertRegex(result.stderr, rf"\Aserver: {re.escape(file)}: {place}: [^\n]+\n\Z")
            self.assertEqual(result.returncode, 1)

    def test_files_that_can_not_be_read(self):
        with tempfile.TemporaryDirectory() as folder:
            missing = os.path.join(folder, "missing.json")
            self.assertEqual(run("--config=" + missing).stderr,
                             f"server: {missing}: can not open it: No such file or directory\n")
            self.assertEqual(run("--config=" + folder).stderr,
                             f"server: {folder}: can not read it: Is a directory\n")
        self.assertEqual(run("--config=/dev/zero").stderr,
                         "server: /dev/zero: larger than 4194304 bytes\n")


class CheckTest(unittest.TestCase):
    """--check_config and --print_config, which start nothing."""

    def check(self, config):
        with ConfigFile(config) as flags:
            file = flags[0].partition("=")[2]
            # As it is typed, with a space.
            return file, run("--check_config", file)

    def test_a_configuration_that_is_right(self):
        for config in [{}, {"threads": 2, "routes": [{"route": "chat", "options": {"rooms": 5}}]}]:
            file, result = self.check(config)
            self.assertEqual((result.stdout, result.stderr), (f"{file}: right\n", ""))
            self.assertEqual(result.returncode, 0)

    def test_its_files_are_looked_for_beside_it(self):
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "fanfare.json")
            auth = {"jwt": {"algorithm": "HS256", "key_file": "secret"}}
            with open(file, "w", encoding="utf-8") as config:
                json.dump({"routes": [{"route": "chat", "auth": auth}]}, config)
            self.assertIn(f'key_file: "{folder}/secret": can not open it',
                          run("--check_config", file).stderr)
            with open(os.path.join(folder, "secret"), "w", encoding="utf-8") as secret:
                secret.write(40 * "x")
            self.assertEqual(run("--check_config", file).returncode, 0)

    def test_mistakes(self):
        for config, problem in [
                ({"thread": 1}, 'thread: unknown key; did you mean "threads"?'),
                ({"origins": "example.com"}, 'origins[0]: "example.com": expected an origin'),
                ({"routes": [{"route": "chat", "options": {"rooms": 0}}]},
                 "routes[0].options.rooms: expected a whole number from 1 to"),
        ]:
            file, result = self.check(config)
            self.assertTrue(result.stderr.startswith(f"server: {file}: {problem}"), result.stderr)
            self.assertEqual((result.returncode, result.stdout), (1, ""))

    def test_what_is_printed_is_a_configuration_that_is_right(self):
        printed = run("--print_config", "--threads=3", "--listen=127.0.0.1:0",
                      config={"limits": {"idle_seconds": 77}}).stdout
        self.assertIn('"threads": 3,', printed)
        self.assertIn('"idle_seconds": 77,', printed)
        self.assertIn("// ", printed)
        with ConfigFile(printed) as flags:
            self.assertEqual(run("--print_config", *flags).stdout, printed)
        with Server(listen=None, config=printed) as server:
            server.wait_log("shards: 3,")

    def test_routes_are_printed_with_every_option_and_its_meaning(self):
        lines = run("--print_config", config={"routes": [
            {"route": "chat", "options": {"rooms": 7, "history": {"events": 8}}},
            {"route": "echo", "patterns": []},
        ]}).stdout.splitlines()
        for line in ['        "rooms": 7,', '          "events": 8,', '          "bytes": 262144,',
                     '        "resume_seconds": 120,', '      "route": "web",',
                     '      "patterns": [],']:
            self.assertIn(line.rstrip(","), [each.rstrip(",") for each in lines])
        options = [index for index, line in enumerate(lines) if line.startswith(8 * " " + '"')
                   or line.startswith(10 * " " + '"')]
        self.assertGreater(len(options), 8)
        for index in options:
            self.assertIn("// ", lines[index - 1], lines[index])

    def test_a_mistake_is_not_printed(self):
        result = run("--print_config", config={"routes": [{"route": "chatt"}]})
        self.assertIn("routes[0].route", result.stderr)
        self.assertEqual((result.returncode, result.stdout), (1, ""))


class FlagsWinTest(unittest.TestCase):
    def test_without_flags_the_configuration_holds(self):
        config = {"listen": "127.0.0.1:0", "threads": 3, "log_messages": True}
        with Server(listen=None, config=config) as server:
            server.wait_log("shards: 3,")
            asyncio.run(self.say_hello(server))
            server.wait_log('<< "hello"')

    def test_flags_win(self):
        config = {"listen": ["127.0.0.2:0", "127.0.0.3:0"], "threads": 3, "log_messages": True}
        with Server("--threads=2", "--nolog_messages", config=config) as server:
            server.wait_log("shards: 2,")
            hosts = [address.rpartition(":")[0] for address in server.addresses]
            self.assertEqual(hosts, ["127.0.0.1"])
            asyncio.run(self.say_hello(server))
            server.wait_log(r"disconnected \(1000\)")
            self.assertNotIn("hello", "\n".join(server.log))

    def test_a_flag_may_ask_for_the_default(self):
        with Server("--threads=0", config={"threads": 7}) as server:
            self.assertNotIn("shards: 7,", server.log[-1])

    async def say_hello(self, server):
        async with connect(server.url("/echo")) as client:
            await client.send("hello")
            self.assertEqual(await receive(client), "hello")


class RoutesTest(unittest.IsolatedAsyncioTestCase):
    async def refusal(self, server, path):
        """The HTTP status that a client is refused with."""
        with self.assertRaises(websockets.InvalidStatusCode) as refused:
            await connect(server.url(path))
        return refused.exception.status_code

    async def echoes(self, server, path):
        async with connect(server.url(path)) as client:
            await client.send(path)
            return await receive(client) == path

    async def test_chat_is_served_where_the_configuration_says_and_nowhere_else(self):
        config = {"routes": [{"route": "chat", "patterns": ["/talk", "/talk/{room}/here"]}]}
        with Server(config=config) as server:
            chat = [pattern for pattern, name in server.routes.items() if name == "chat"]
            self.assertEqual(chat, ["/talk", "/talk/{room}/here"])
            async with connect(server.url("/talk/tea/here")) as tea, \
                    connect(server.url("/talk/tea/here")) as more_tea, \
                    connect(server.url("/talk")) as lobby:
                await tea.send("milk?")
                await lobby.send("hello")
                self.assertEqual(await receive(more_tea), "milk?")
                self.assertEqual(await receive(lobby), "hello")
            self.assertEqual(await self.refusal(server, "/chat"), 404)
            self.assertEqual(await self.refusal(server, "/chat/tea"), 404)

    async def test_echo_is_served_at_several_patterns(self):
        config = {"routes": [{"route": "echo", "patterns": ["/a", "/b/*"]}]}
        with Server(config=config) as server:
            for path in ["/a", "/b/", "/b/c/d"]:
                self.assertTrue(await self.echoes(server, path))
            self.assertEqual(await self.refusal(server, "/echo"), 404)

    async def test_a_route_may_be_served_twice_apart(self):
        config = {"routes": [{"route": "chat", "patterns": ["/one/{room}"]},
                             {"route": "chat", "patterns": "/two/{room}"}]}
        with Server(config=config) as server:
            async with connect(server.url("/one/room")) as one, \
                    connect(server.url("/two/room")) as two:
                await one.send("in one")
                await two.send("in two")
                self.assertEqual(await receive(one), "in one")
                self.assertEqual(await receive(two), "in two")

    async def test_a_route_without_patterns_is_off(self):
        with Server(config={"routes": [{"route": "echo", "patterns": []}]}) as server:
            self.assertNotIn("echo", server.routes.values())
            self.assertIn("chat", server.routes.values())
            self.assertEqual(await self.refusal(server, "/echo"), 404)

    async def test_a_limit(self):
        with Server(config={"limits": {"message_bytes": 10}}) as server:
            async with connect(server.url("/echo")) as client:
                await client.send("x" * 10)
                self.assertEqual(await receive(client), "x" * 10)
                await client.send("x" * 11)
                self.assertEqual((await closed(client))[0], 1009)


if __name__ == "__main__":
    unittest.main()
