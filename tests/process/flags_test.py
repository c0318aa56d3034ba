#!/usr/bin/python3
"""The flags, and what the server says to mistakes in them: one line on stderr, and exit code 1."""

import re
import socket
import unittest

from tests.process.server import Server, run


class FlagsTest(unittest.TestCase):
    def assert_error(self, line, *flags):
        result = run(*flags)
        self.assertEqual(result.stderr, line + "\n")
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stdout, "")

    def test_help_shows_the_flags_and_no_others(self):
        text = run("--help").stdout
        shown = [word for word in text.split() if word.startswith("--")]
        self.assertEqual(shown, ["--check_config", "--config", "--egress", "--listen",
                                 "--log_format", "--log_level", "--log_messages",
                                 "--print_config", "--threads",
                                 # Abseil's last lines.
                                 "--helpfull", "--help=substring"])

    def test_version_is_that_of_the_module(self):
        with open("MODULE.bazel", encoding="utf-8") as module:
            version = re.search(r'version = "([^"]+)"', module.read()).group(1)
        self.assertEqual(run("--version").stdout, f"fanfare {version}\n")

    def test_files_without_a_name(self):
        self.assert_error("server: check_config: expected the name of a file", "--check_config=")
        self.assert_error("server: config: expected the name of a file", "--config=")

    def test_addresses(self):
        for address, problem in [
                ("nonsense", "expected host:port, as in localhost:8080"),
                ("127.0.0.1:70000", "expected a port from 0 to 65535 after the last colon"),
                (":80", "the host is missing; write localhost:port, or *:port for all addresses"),
                ("::1", "write it in brackets and with a port: [::1]:8080"),
                ("example.com:80", "expected an IP address, localhost or * before the port; "
                                   "host names are not looked up"),
        ]:
            with self.subTest(address):
                self.assert_error(f'server: listen: "{address}": {problem}', "--listen=" + address)
        self.assert_error('server: listen[1]: "b": expected host:port, as in localhost:8080',
                          "--listen=127.0.0.1:0,b")
        self.assert_error("server: listen: expected at least one address", "--listen=")

    def test_an_address_of_another_machine(self):
        # 192.0.2.0/24 is for documentation, so it is nobody's (RFC 5737).
        self.assert_error("server: cannot listen on 192.0.2.1:80: Cannot assign requested address",
                          "--listen=192.0.2.1:80")

    def test_a_port_that_is_in_use(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            self.assert_error(f"server: cannot listen on 127.0.0.1:{port}: Address already in use",
                              f"--listen=127.0.0.1:{port}")

    def test_a_port_that_another_server_listens_at(self):
        with Server() as server:
            address = server.addresses[0]
            self.assert_error(f"server: cannot listen on {address}: Address already in use",
                              f"--listen={address}")
            self.assertTrue(server.is_running())

    def test_what_can_not_start_does_not_wait_for_its_stop(self):
        with Server() as server:
            result = run("--listen=" + server.addresses[0],
                         config={"limits": {"shutdown_seconds": 3600}})
            self.assertEqual(result.returncode, 1)
            self.assertIn("Address already in use", result.stderr)

    def test_threads(self):
        for threads in [-1, 257, 1000000]:
            self.assert_error(
                f"server: threads: expected a whole number from 0 to 256, got {threads}",
                f"--threads={threads}")

    def test_values_that_are_none(self):
        for flag, value in [("threads", "many"), ("log_messages", "perhaps")]:
            self.assert_error(f"ERROR: Illegal value '{value}' specified for flag '{flag}'",
                              f"--{flag}={value}")

    def test_egress(self):
        self.assert_error("ERROR: Illegal value 'epoll' specified for flag 'egress'; "
                          "expected auto, io_uring or syscalls", "--egress=epoll")
        with Server("--egress=syscalls") as server:
            self.assertIn("egress: syscalls, ", server.log[-1])

    def test_the_log(self):
        self.assert_error("ERROR: Illegal value 'xml' specified for flag 'log_format'; "
                          "expected text or json", "--log_format=xml")
        self.assert_error("ERROR: Illegal value 'loud' specified for flag 'log_level'; "
                          "expected debug, info, warn or error", "--log_level=loud")
        printed = run("--print_config", "--log_format=json", "--log_level=warn",
                      config={"log": {"level": "debug", "lines_per_second": 7}}).stdout
        for setting in ['"format": "json"', '"level": "warn"', '"lines_per_second": 7']:
            self.assertIn(setting, printed)

    def test_a_flag_wins_also_with_its_default(self):
        printed = run("--print_config", "--threads=0", "--nolog_messages",
                      config={"threads": 2, "log_messages": True, "egress": "syscalls"}).stdout
        for setting in ['"threads": 0', '"log_messages": false', '"egress": "syscalls"']:
            self.assertIn(setting, printed)

    def test_unknown_flags_and_arguments(self):
        self.assert_error("ERROR: Unknown command line flag 'port'", "--port=80")
        self.assert_error("server: unexpected argument: 8080", "8080")
        self.assert_error("server: unexpected argument: two", "--threads=1", "two", "three")


if __name__ == "__main__":
    unittest.main()
