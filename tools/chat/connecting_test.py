#!/usr/bin/python3
"""Where a chat is, whether it can be reached, and how long that is tried."""

import pathlib
import tempfile
import unittest

import websockets

from tools.chat import address
from tools.chat.backoff import Backoff
from tools.chat.fake_link import Stage, settle, within
from tools.chat.link import LinkError, ended, open_link
from tools.chat.tokens import Tokens


class AddressTest(unittest.TestCase):
    def test_the_room_is_the_last_part(self):
        for url, route, room in [
                ("ws://localhost:8080/chat/lobby", "ws://localhost:8080/chat", "lobby"),
                ("ws://localhost:8080/chat", "ws://localhost:8080/chat", "lobby"),
                ("ws://localhost:8080", "ws://localhost:8080/chat", "lobby"),
                ("wss://a.example/talk/a~b/", "wss://a.example/talk", "a~b"),
                ("ws://[::1]:1/x/chat/%40me?name=Ada", "ws://[::1]:1/x/chat", "@me"),
        ]:
            self.assertEqual(address.parse(url), address.Address(route, room))

    def test_with_a_room_the_url_is_the_routes(self):
        self.assertEqual(address.parse("ws://h/a/b", "tea"), address.Address("ws://h/a/b", "tea"))

    def test_what_is_no_address(self):
        for url in ["", "localhost:8080/chat", "http://localhost/chat", "ws:///chat",
                    "ws://localhost:x/chat", "ws://localhost:70000/", "ws://[::1/chat"]:
            with self.assertRaisesRegex(address.BadAddress, "expected a URL such as ws://"):
                address.parse(url)


class BackoffTest(unittest.TestCase):
    def test_it_doubles_up_to_the_most(self):
        longest = Backoff(first=1, most=5, chance=lambda: 1.0)
        self.assertEqual([longest.next() for _ in range(5)], [1, 2, 4, 5, 5])
        longest.reset()
        self.assertEqual(longest.next(), 1)
        shortest = Backoff(first=1, most=5, chance=lambda: 0.0)
        self.assertEqual([shortest.next() for _ in range(4)], [0.5, 1, 2, 2.5])

    def test_it_never_overflows(self):
        backoff = Backoff(most=5)
        delays = [backoff.next() for _ in range(5000)]
        self.assertLessEqual(max(delays), 5)
        self.assertGreater(len(set(delays)), 1000)


class ConnectingTest(unittest.IsolatedAsyncioTestCase):
    async def test_the_first_attempt_must_succeed(self):
        stage = Stage()
        stage.refuse = [LinkError("nobody listens there")]
        async with stage:
            with self.assertRaisesRegex(LinkError, "nobody listens"):
                await within(stage.running)
        self.assertEqual(stage.listener.told, [])

    async def test_later_ones_are_repeated_until_patience_ends(self):
        async with Stage(patience=0) as stage:
            link = await stage.link()
            await settle()
            link.lose()
            with self.assertRaisesRegex(LinkError, "the connection was lost"):
                await within(stage.running)
        async with Stage() as stage:
            link = await stage.link()
            await settle()
            stage.refuse = [LinkError("nobody listens there")] * 20
            link.lose()
            await stage.resumed_link()
            await settle()
            self.assertTrue(stage.client.connected)
            self.assertEqual(stage.listener.told.count(("lost", "nobody listens there")), 20)

    async def test_what_trying_again_does_not_help_ends_it(self):
        async with Stage() as stage:
            link = await stage.link()
            await settle()
            stage.refuse = [LinkError("there is no chat", permanent=True)]
            link.lose()
            with self.assertRaisesRegex(LinkError, "no chat"):
                await within(stage.running)

    async def test_the_server_says_when_and_whether_to_come_back(self):
        for code, why, message, retry_in, permanent in [
                (1012, "retry in 1500 ms", "with 1012 (retry in 1500 ms)", 1.5, False),
                (1012, "restart; retry in 0 ms", "with 1012", 0, False),
                (1012, "retry in 999999999 ms", "with 1012", 300, False),
                (1012, "retry in -1 ms", "with 1012", None, False),
                (1012, "", "with 1012", None, False),
                (1013, "too slow", "with 1013 (too slow)", None, False),
                (4001, "resumed elsewhere", "another connection goes on", None, True)]:
            frame = websockets.frames.Close(code, why)
            error = ended(websockets.ConnectionClosedError(frame, frame))
            self.assertIn(message, str(error))
            self.assertEqual((error.retry_in, error.permanent), (retry_in, permanent))
        error = ended(websockets.ConnectionClosedError(None, None))
        self.assertEqual((str(error), error.retry_in), ("the connection was lost", None))

    async def test_it_comes_back_when_the_server_says(self):
        # By itself, it would not within the deadline.
        async with Stage(backoff=Backoff(first=1000)) as stage:
            link = await stage.link()
            await settle()
            link.lose(retry_in=0.01)
            await stage.resumed_link()

    async def test_it_ends_when_another_connection_has_its_identity(self):
        async with Stage() as stage:
            link = await stage.link()
            await settle()
            link.lose("another connection goes on with this identity", permanent=True)
            with self.assertRaisesRegex(LinkError, "another connection"):
                await within(stage.running)

    async def test_closing_does_not_wait_for_the_next_attempt(self):
        async with Stage(backoff=Backoff(first=1000)) as stage:
            link = await stage.link()
            await settle()
            link.lose()
            await settle()
            await stage.client.close()
            await within(stage.running)

    async def test_who_is_interrupted_leaves(self):
        async with Stage() as stage:
            link = await stage.link()
            await settle()
            stage.running.cancel()
            await settle()
            self.assertTrue(stage.running.cancelled())
            self.assertTrue(link.closed)

    async def test_closing(self):
        async with Stage() as stage:
            link = await stage.link()
            await settle()
            await stage.client.close()
            await within(stage.running)
            self.assertTrue(link.closed)
            self.assertFalse(stage.client.connected)

    async def test_an_address_where_nobody_listens(self):
        for host in ["127.0.0.1", "localhost"]:
            # Port 1 is for a service that no machine has any more.
            with self.assertRaisesRegex(LinkError, f"^ws://{host}:1/chat: nobody listens there$"):
                await open_link(f"ws://{host}:1/chat")



class TokensTest(unittest.IsolatedAsyncioTestCase):
    def test_where_they_come_from(self):
        self.assertIsNone(Tokens().next())
        self.assertEqual(Tokens("a.b.c").next(), "a.b.c")
        self.assertFalse(Tokens("a.b.c").renewable)
        with self.assertRaisesRegex(LinkError, "--token: it has no token"):
            Tokens("a b").next()
        with tempfile.NamedTemporaryFile("w+b") as file:
            tokens = Tokens(file=file.name)
            self.assertTrue(tokens.renewable)
            for content, token in [(b"a.b.c\n", "a.b.c"), (b" d.e.f", "d.e.f")]:
                pathlib.Path(file.name).write_bytes(content)
                self.assertEqual(tokens.next(), token)
            for content, problem in [(b"\n", "it has no token"), (b"a.b\r\nc", "it has no token"),
                                     (b"\xff", "it has no token")]:
                pathlib.Path(file.name).write_bytes(content)
                with self.assertRaisesRegex(LinkError, problem):
                    tokens.next()
        with self.assertRaisesRegex(LinkError, "No such file"):
            tokens.next()

    async def test_each_connection_shows_one(self):
        async with Stage(tokens=Numbered()) as stage:
            link = await stage.link()
            await settle()
            link.lose()
            await stage.resumed_link()
            self.assertEqual(stage.shown, ["t1", "t2"])

    async def test_it_is_renewed_before_it_expires(self):
        async with Stage(tokens=Numbered()) as stage:
            link = await stage.link()
            link.give(type="token_expiring", expires_in=29)
            request = await link.take("renew")
            self.assertEqual(request["token"], "t2")
            link.give(type="renewed", id=request["id"], expires_in=3600)
            link.give(type="token_expiring", expires_in=29)
            request = await link.take("renew")
            link.give(type="error", id=request["id"], code="unauthorized", message="no")
            await settle()
            self.assertIn(("error", "unauthorized"), stage.listener.told)

    async def test_one_alone_is_not_renewed(self):
        async with Stage(tokens=Tokens("a.b.c")) as stage:
            link = await stage.link()
            link.give(type="token_expiring", expires_in=29)
            await link.nothing()


class Numbered(Tokens):
    """Gives t1, t2 and so on."""

    def __init__(self):
        super().__init__(file="numbered")
        self._count = 0

    def next(self):
        self._count += 1
        return f"t{self._count}"


if __name__ == "__main__":
    unittest.main()
