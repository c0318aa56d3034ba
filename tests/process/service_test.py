#!/usr/bin/python3
"""The server under a service manager: it is passed sockets, and tells when it is ready and well."""

import asyncio
import re
import signal
import socket
import unittest

from tests.process.client import closed, connect, receive
from tests.process.server import ConfigFile
from tests.process.service import Manager, listening


async def assert_echo(port):
    async with connect(f"ws://127.0.0.1:{port}/echo") as client:
        await client.send("hello")
        assert await receive(client) == "hello"


class NotifyTest(unittest.TestCase):
    def test_it_tells_when_it_serves_and_when_it_stops(self):
        with Manager() as manager, manager.server(listen="127.0.0.1:0") as server:
            self.assertEqual(manager.told(), {"READY": "1",
                                              "STATUS": f"serving at {server.addresses[0]}"})
            self.assertEqual(server.stop(), 0)
            self.assertEqual(manager.told(), {"STOPPING": "1", "STATUS": "stopping"})

    def test_the_watchdog_hears_of_it(self):
        with Manager(watchdog_us=100_000) as manager, \
                manager.server(listen="127.0.0.1:0") as server:
            for _ in range(3):
                manager.wait_told("WATCHDOG")
            # Whatever stops all of it is noticed, too: then nothing is told.
            server.send_signal(signal.SIGSTOP)
            self.assertTrue(manager.is_told_nothing())
            server.send_signal(signal.SIGCONT)
            manager.wait_told("WATCHDOG")
            self.assertEqual(server.stop(), 0)


class SocketTest(unittest.TestCase):
    def test_all_sockets_that_are_passed(self):
        with listening() as first, listening() as second, \
                Manager([("a", first), ("b", second)]) as manager:
            with manager.server("--listen=systemd") as server:
                ports = [passed.getsockname()[1] for passed in (first, second)]
                self.assertEqual(server.addresses, [f"127.0.0.1:{port}" for port in ports])
                for port in ports:
                    asyncio.run(assert_echo(port))
                self.assertEqual(server.stop(), 0)

    def test_by_name_beside_an_address(self):
        with listening() as first, listening() as second, \
                Manager([("a", first), ("b", second)]) as manager:
            config = {"listen": ["127.0.0.1:0", "systemd:a"], "admin": {"listen": "systemd:b"}}
            with manager.server(config=config) as server:
                self.assertEqual(server.addresses[1], f"127.0.0.1:{first.getsockname()[1]}")
                self.assertEqual(len(server.addresses), 2)
                server.wait_log(rf"for operators: http://127.0.0.1:{second.getsockname()[1]}/")
                for address in server.addresses:
                    asyncio.run(assert_echo(int(address.rpartition(":")[2])))

    def test_one_socket_for_both_versions(self):
        with socket.socket(socket.AF_INET6) as passed:
            passed.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            try:
                passed.bind(("::", 0))
            except OSError:
                # Where there is no IPv6, it can not be passed either.
                passed.close()
                return
            passed.listen()
            with Manager([("a", passed)]) as manager, manager.server("--listen=systemd") as server:
                asyncio.run(assert_echo(passed.getsockname()[1]))
                self.assertEqual(server.stop(), 0)

    def test_a_reload_is_told_and_keeps_the_sockets(self):
        with listening() as passed, Manager([("a", passed)]) as manager, \
                ConfigFile({"listen": ["systemd"]}) as flags, manager.server(*flags) as server:
            manager.wait_told("READY")
            server.send_signal(signal.SIGHUP)
            self.assertIn("MONOTONIC_USEC", manager.wait_told("RELOADING"))
            ready = manager.wait_told("READY")
            self.assertEqual(ready["STATUS"], f"serving at {server.addresses[-1]}")
            server.wait_log("info the new configuration is in place$")
            self.assertEqual(set(server.addresses), {f"127.0.0.1:{passed.getsockname()[1]}"})
            asyncio.run(assert_echo(passed.getsockname()[1]))
            self.assertEqual(server.stop(), 0)

    def test_a_restart_refuses_nobody(self):
        asyncio.run(self.restart())

    async def restart(self):
        with listening() as passed, Manager([("a", passed)]) as manager:
            port = passed.getsockname()[1]
            with manager.server("--listen=systemd") as server:
                client = await connect(f"ws://127.0.0.1:{port}/echo")
                server.send_signal(signal.SIGTERM)
                self.assertEqual((await closed(client))[0], 1012)
                self.assertEqual(await asyncio.to_thread(server.wait_end), 0)
            # The port is still open, and who comes now waits for the next server.
            early = asyncio.create_task(assert_echo(port))
            with manager.server("--listen=systemd") as server:
                await early
                self.assertEqual(await asyncio.to_thread(server.stop), 0)

    def assert_refused(self, line, *flags, sockets=()):
        with Manager(sockets) as manager:
            with self.assertRaisesRegex(AssertionError, re.escape(line)):
                manager.server(*flags).__enter__()

    def test_sockets_that_are_not_there(self):
        self.assert_refused(
            "server: cannot listen on systemd: the service manager passed no sockets "
            "(LISTEN_FDS); is the .socket unit running?", "--listen=systemd")
        with listening() as passed:
            self.assert_refused(
                "server: cannot listen on systemd:b: the service manager passed no socket of that "
                'name, but "a"', "--listen=systemd:b", sockets=[("a", passed)])

    def test_sockets_that_are_none(self):
        wrong = 'cannot listen on systemd: the service manager passed "a", which accepts no TCP'
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
            datagrams.bind(("127.0.0.1", 0))
            self.assert_refused(wrong, "--listen=systemd", sockets=[("a", datagrams)])
        with socket.socket() as deaf:
            self.assert_refused(wrong, "--listen=systemd", sockets=[("a", deaf)])


if __name__ == "__main__":
    unittest.main()
