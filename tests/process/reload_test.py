#!/usr/bin/python3
"""SIGHUP: the configuration is read again, and put in place or refused."""

import json
import pathlib
import signal
import tempfile
import unittest
import urllib.request

from tests.process.certificates import Certificates
from tests.process.client import closed, connect, endpoint, receive, wait_log
from tests.process.server import DEADLINE_SECONDS, Server

IN_PLACE = r"info the new configuration is in place$"
REFUSED = r"error the configuration stays as it was: (.*)$"
FOR_OPERATORS = r"info for operators: http://(\S+)/ "


class ReloadTest(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self._file = tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8")
        self.addCleanup(self._file.close)

    def start(self, config, *flags, **kwargs):
        self.write(config)
        return Server("--config=" + self._file.name, *flags, **kwargs)

    def write(self, config):
        self._file.seek(0)
        self._file.truncate()
        self._file.write(config if isinstance(config, str) else json.dumps(config))
        self._file.flush()

    async def test_a_new_configuration_is_put_in_place(self):
        with self.start({}) as server:
            async with connect(server.url("/echo")) as old, connect(server.url("/chat")) as chat:
                self.write({"routes": [{"route": "echo", "patterns": ["/mirror"]}]})
                server.send_signal(signal.SIGHUP)
                await wait_log(server, IN_PLACE)
                code, reason = await closed(old)
                self.assertEqual(code, 1012)
                self.assertRegex(reason, r"\Awhat is served here has changed; retry in \d+ ms\Z")
                await wait_log(server, endpoint(old) + " disconnected")
                async with connect(server.url("/mirror")) as new:
                    await new.send("who?")
                    self.assertEqual(await receive(new), "who?")
                await chat.send("still here")
                self.assertEqual(await receive(chat), "still here")
            self.assertEqual(len(set(server.addresses)), 1, "the flag is stronger than the file")
            self.assertEqual(server.stop(), 0)

    async def test_a_wrong_one_is_refused_and_says_why(self):
        wrong = [
            ("{", "line 1"),
            ({"limits": {"idle_second": 5}}, "limits.idle_second"),
            ({"routes": [{"route": "chat", "options": {"room": 1}}]}, "routes[0].options.room"),
            ({"threads": 99}, "threads: can not change while the server runs"),
            ({"egress": "syscalls", "log": {"format": "json"}},
             "egress, log.format: can not change while the server runs"),
        ]
        with self.start({}) as server:
            for count, (config, why) in enumerate(wrong, 1):
                with self.subTest(why):
                    self.write(config)
                    server.send_signal(signal.SIGHUP)
                    said = (await wait_log(server, REFUSED, count))[-1][1]
                    self.assertIn(self._file.name + ": ", said)
                    self.assertIn(why, said)
            async with connect(server.url("/echo")) as client:
                await client.send("as before")
                self.assertEqual(await receive(client), "as before")
            self.assertEqual(server.stop(), 0)

    async def test_the_command_line_is_not_read_again(self):
        with tempfile.TemporaryDirectory() as folder:
            flags = pathlib.Path(folder) / "flags"
            flags.write_text("--listen=127.0.0.1:0\n--log_level=debug\n", encoding="ascii")
            with self.start({}, f"--flagfile={flags}", listen=None) as server:
                flags.write_text("--listen=127.0.0.1:0\n--nonsense\n", encoding="ascii")
                # Without the flag there would be no more lines.
                self.write({"listen": "localhost:0", "log": {"level": "error"}})
                server.send_signal(signal.SIGHUP)
                await wait_log(server, IN_PLACE)
                flags.unlink()
                server.send_signal(signal.SIGHUP)
                await wait_log(server, IN_PLACE, 2)
                self.assertEqual(len(set(server.addresses)), 1)
                async with connect(server.url("/echo")) as client:
                    await client.send("as before")
                    self.assertEqual(await receive(client), "as before")
                self.assertEqual(server.stop(), 0)

    async def test_a_configuration_that_is_gone_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "server.json"
            file.write_text("{}", encoding="ascii")
            with Server(f"--config={file}") as server:
                file.unlink()
                server.send_signal(signal.SIGHUP)
                said = (await wait_log(server, REFUSED))[0][1]
                self.assertEqual(said, f"{file}: can not open it: No such file or directory")
                async with connect(server.url("/echo")) as client:
                    await client.send("as before")
                    self.assertEqual(await receive(client), "as before")
                self.assertEqual(server.stop(), 0)

    async def test_tls_comes_and_goes_at_one_port_and_sessions_stay(self):
        certificates = self.enterContext(Certificates())
        tls = {"certificates": [certificates.make("a")]}
        trust = certificates.trust("a")
        with self.start({"listen": "127.0.0.1:0"}, listen=None) as server:
            address = server.addresses[0]
            sessions = [await connect(f"ws://{address}/chat")]
            for count in range(1, 5):
                is_tls = count % 2 == 1
                self.write({"listen": "https://" + address, "tls": tls} if is_tls
                           else {"listen": address})
                server.send_signal(signal.SIGHUP)
                await wait_log(server, IN_PLACE, count)
                # Each of them: two that accept would take turns.
                for _ in range(10):
                    sessions.append(await connect(f"wss://{address}/chat", ssl=trust) if is_tls
                                    else await connect(f"ws://{address}/chat"))
                with self.assertRaisesRegex(Exception, "HTTP 400" if is_tls else "(?i)ssl"):
                    await connect(f"ws://{address}/chat" if is_tls else f"wss://{address}/chat",
                                  ssl=None if is_tls else trust)
                await sessions[0].send(f"hello {count}")
                for session in sessions:
                    self.assertEqual(await receive(session), f"hello {count}")
            for session in sessions:
                await session.close()
            self.assertEqual(server.stop(), 0)

    def test_operators_see_it_and_their_addresses_may_change(self):
        with self.start({"admin": {"listen": "127.0.0.1:0"}}) as server:
            first = server.wait_log(FOR_OPERATORS)[0][1]
            self.write({"admin": {"listen": ["127.0.0.1:0", "localhost:0"]}})
            server.send_signal(signal.SIGHUP)
            server.wait_log(IN_PLACE)
            now = [match[1] for match in server.wait_log(FOR_OPERATORS, 3)[1:]]
            self.assertEqual(now[0], first, "it was not touched")
            for address in now:
                url = f"http://{address}/metrics"
                with urllib.request.urlopen(url, timeout=DEADLINE_SECONDS) as answer:
                    metrics = answer.read().decode()
                self.assertIn('fanfare_config_reloads_total{outcome="applied"} 1', metrics)
                self.assertIn('fanfare_config_reloads_total{outcome="refused"} 0', metrics)
            # Whoever finds what is wrong.
            for count, wrong in enumerate(["{", {"threads": 99}, {"admin": {"listen": "x"}}], 1):
                self.write(wrong)
                server.send_signal(signal.SIGHUP)
                server.wait_log(REFUSED, count)
                with urllib.request.urlopen(url, timeout=DEADLINE_SECONDS) as answer:
                    self.assertIn(f'fanfare_config_reloads_total{{outcome="refused"}} {count}',
                                  answer.read().decode())
            self.assertEqual(server.stop(), 0)


if __name__ == "__main__":
    unittest.main()
