#!/usr/bin/python3
"""What the log says of sessions and messages."""

import re
import unittest

from tests.process.client import closed, connect, endpoint, receive, wait_log
from tests.process.server import Server


class LogTest(unittest.IsolatedAsyncioTestCase):
    async def ended(self, server, of):
        """Waits for the last line about a client, and returns all its lines."""
        await wait_log(server, re.escape(of) + " disconnected")
        return [line.partition(of + " ")[2] for line in server.log if of + " " in line]

    async def assert_end(self, line, *close):
        """A client that closes so is logged like this."""
        with Server() as server:
            client = await connect(server.url("/chat"))
            await client.close(*close)
            self.assertEqual(await self.ended(server, endpoint(client)), ["connected", line])

    async def test_a_chat(self):
        with Server("--log_messages") as server:
            start = len(server.log)
            ada = await connect(server.url("/chat"))
            bob = await connect(server.url("/chat"))
            await ada.send("teste")
            self.assertEqual(await receive(ada), "teste")
            self.assertEqual(await receive(bob), "teste")
            await ada.close()
            await self.ended(server, endpoint(ada))
            await bob.close()
            await self.ended(server, endpoint(bob))
            lines = server.log[start:]
            a, b = "info " + endpoint(ada), "info " + endpoint(bob)
            # The two receivers may be on two shards, and so in either order.
            self.assertEqual(lines[:3] + sorted(lines[3:5]) + lines[5:], [
                f"{a} connected",
                f"{b} connected",
                f'{a} >> "teste"',
                *sorted([f'{a} << "teste"', f'{b} << "teste"']),
                f"{a} disconnected (1000)",
                f"{b} disconnected (1000)",
            ])

    async def test_messages_are_logged_only_when_asked_for(self):
        with Server() as server:
            async with connect(server.url("/chat")) as client:
                await client.send("teste")
                self.assertEqual(await receive(client), "teste")
            self.assertEqual(await self.ended(server, endpoint(client)),
                             ["connected", "disconnected (1000)"])
            server.stop()
            self.assertNotIn("teste", "\n".join(server.raw_log))

    async def test_a_message_is_logged_once_for_each_receiver_and_no_one_else(self):
        with Server("--log_messages") as server:
            room = [await connect(server.url("/chat/room")) for _ in range(5)]
            other = await connect(server.url("/chat/other"))
            await room[0].send("hello")
            for client in room:
                self.assertEqual(await receive(client), "hello")
            await other.send("alone")
            self.assertEqual(await receive(other), "alone")
            for client in [*room, other]:
                await client.close()
            for client in room:
                expected = ["connected", '<< "hello"', "disconnected (1000)"]
                if client is room[0]:
                    expected.insert(1, '>> "hello"')
                self.assertEqual(await self.ended(server, endpoint(client)), expected)
            self.assertEqual(await self.ended(server, endpoint(other)), [
                "connected", '>> "alone"', '<< "alone"', "disconnected (1000)"])

    async def test_how_messages_are_shown(self):
        shown = {
            "": '""',
            'say "hi" \\ there': r'"say \"hi\" \\ there"',
            # What would start a line that looks like the server's own.
            "one\r\n2020-01-01T00:00:00.000 info two": r'"one\r\n2020-01-01T00:00:00.000 info two"',
            # What would colour the terminal, ring its bell or reverse the line.
            "\x1b[31mred\x07\x00": r'"\x1b[31mred\x07\x00"',
            "\u202eabc": r'"\u202eabc"',
            "grüß dich, 世界 🎉": '"grüß dich, 世界 🎉"',
            "a" * 256: '"' + "a" * 256 + '"',
            "a" * 65536: '"' + "a" * 256 + '..." (65536 bytes)',
            # Not cut within a character.
            "é" * 200: '"' + "é" * 128 + '..." (400 bytes)',
            b"\x00\x01abc": r'binary "\x00\x01abc" (5 bytes)',
            b"\xff" * 300: 'binary "' + r"\xff" * 256 + '..." (300 bytes)',
        }
        with Server("--log_messages") as server:
            async with connect(server.url("/echo")) as client:
                for message in shown:
                    await client.send(message)
                    self.assertEqual(await receive(client), message)
            expected = ["connected"]
            for text in shown.values():
                expected += [">> " + text, "<< " + text]
            self.assertEqual(await self.ended(server, endpoint(client)),
                             [*expected, "disconnected (1000)"])

    async def test_the_peers_close_code_and_reason(self):
        await self.assert_end("disconnected (1000)", 1000)
        await self.assert_end('disconnected (1001 "going away")', 1001, "going away")
        await self.assert_end('disconnected (4000 "bye, 世界")', 4000, "bye, 世界")
        await self.assert_end(r'disconnected (4999 "a\nb\x1b")', 4999, "a\nb\x1b")

    async def test_the_servers_close_code_and_reason(self):
        with Server() as server:
            client = await connect(server.url("/chat/" + "x" * 129))
            reason = "a room's name has at most 128 bytes"
            self.assertEqual(await closed(client), (1008, reason))
            self.assertEqual(await self.ended(server, endpoint(client)),
                             ["connected", f'disconnected (1008 "{reason}")'])

    async def test_a_peer_that_goes_without_a_word(self):
        with Server() as server:
            client = await connect(server.url("/chat"))
            client.transport.abort()
            lines = await self.ended(server, endpoint(client))
            self.assertEqual(lines[0], "connected")
            # No close code: there was no close frame.
            self.assertRegex(lines[1], r"^disconnected \([A-Za-z ]+\)$")

    async def test_an_ipv6_address_has_brackets(self):
        with Server(listen="localhost:0") as server:
            if len(server.addresses) == 1:
                self.assertIn("[::1]", "\n".join(server.log), "the server must say what it lacks")
                return
            async with connect(f"ws://{server.addresses[1]}/echo") as client:
                pass
            self.assertTrue(endpoint(client).startswith("[::1]:"))
            self.assertEqual(await self.ended(server, endpoint(client)),
                             ["connected", "disconnected (1000)"])


if __name__ == "__main__":
    unittest.main()
