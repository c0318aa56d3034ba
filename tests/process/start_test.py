#!/usr/bin/python3
"""What the server says when it starts, and where it then is."""

import asyncio
import http.client
import os
import re
import socket
import subprocess
import unittest

from tests.process.client import connect, receive
from tests.process.server import DEADLINE_SECONDS, LISTENING, STARTED, Server, binary, run

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3} ")


def has_ipv6():
    """Whether this machine has ::1; many containers do not."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


# What is said of the addresses for operators, of which admin_test.py knows more.
ADMIN = re.compile(r"for operators: |operators are answered|listening without it")


def status_at(host, port):
    connection = http.client.HTTPConnection(host, port, timeout=10)
    connection.request("GET", "/nowhere")
    status = connection.getresponse().status
    connection.close()
    return status


class StartTest(unittest.TestCase):
    def test_the_log_has_the_addresses_the_routes_and_the_shards_and_nothing_else(self):
        with Server("--threads=2", "--listen=127.0.0.1:0,127.0.0.1:0", listen=None) as server:
            first, second = server.addresses
            # Whatever is linked besides; see linked_routes_test.
            served = {"/chat": "chat", "/chat/{room}": "chat", "/echo": "echo"}
            self.assertEqual(server.routes, server.routes | served)
            width = max(map(len, server.routes))
            *lines, last = [line for line in server.log if not ADMIN.search(line)]
            self.assertRegex(last, r"^info shards: 2, egress: (syscalls|io_uring), "
                                   r"connections: at most \d+$")
            self.assertEqual(lines, [
                f"info listening on http://{first}/ (WebSocket: ws://{first}/)",
                f"info listening on http://{second}/ (WebSocket: ws://{second}/)",
                *(f"info   {pattern:{width}}  {name}" for pattern, name in server.routes.items()),
            ])
            for line in server.raw_log:
                self.assertRegex(line, TIME)
            self.assertNotEqual(first, second)
            for address in server.addresses:
                host, _, port = address.rpartition(":")
                self.assertEqual(status_at(host, int(port)), 404)

    def test_without_a_number_there_is_a_shard_for_each_core_that_it_may_use(self):
        with Server() as server:
            shards = int(server.wait_log(r"shards: (\d+)")[0][1])
        self.assertIn(shards, [os.cpu_count(), len(os.sched_getaffinity(0))])

    def test_localhost_is_both_its_addresses_at_one_free_port(self):
        with Server("--listen=localhost:0", listen=None) as server:
            hosts = ["127.0.0.1", "[::1]"] if has_ipv6() else ["127.0.0.1"]
            self.assertEqual(server.addresses, [f"{host}:{server.port}" for host in hosts])
            for host in hosts:
                self.assertEqual(status_at(host.strip("[]"), server.port), 404)
            # Without IPv6, there is a warning and a server.
            warnings = [line for line in server.log
                        if line.startswith("warn ") and ":8081" not in line]
            self.assertLessEqual(2 - len(hosts), len(warnings), warnings)
            if len(hosts) == 2:
                self.assertEqual(warnings, [])

    def test_the_default_address_is_localhost_8080(self):
        # The port is in use, by us or by somebody else, and the error says which it is.
        with socket.socket() as taken:
            try:
                taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                taken.bind(("127.0.0.1", 8080))
                taken.listen()
            except OSError:
                pass
            result = run()
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stderr,
                         "server: cannot listen on 127.0.0.1:8080: Address already in use\n")

    def test_a_log_that_nobody_reads_any_more_does_not_end_the_server(self):
        # As in `server | head -n 5`.
        with subprocess.Popen([binary(), "--listen=127.0.0.1:0"], stdout=subprocess.PIPE, text=True,
                              stdin=subprocess.DEVNULL) as process:
            self.addCleanup(process.kill)
            lines = [process.stdout.readline()]
            while not STARTED.search(lines[-1]):
                self.assertNotEqual(lines[-1], "", lines)
                lines.append(process.stdout.readline())
            process.stdout.close()
            listening = next(filter(None, map(LISTENING.search, lines)))
            port = int(listening[1].rpartition(":")[2])
            # Every one of them would be logged.
            asyncio.run(self.say_hello_three_times(port))
            process.terminate()
            self.assertEqual(process.wait(DEADLINE_SECONDS), 0)

    async def say_hello_three_times(self, port):
        for _ in range(3):
            async with connect(f"ws://127.0.0.1:{port}/echo") as client:
                await client.send("hello")
                self.assertEqual(await receive(client), "hello")


if __name__ == "__main__":
    unittest.main()
