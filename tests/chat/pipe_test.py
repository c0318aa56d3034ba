#!/usr/bin/python3
"""tools/chat in a pipe: what goes in is said, what comes out is what was heard, and how it ends."""

import asyncio
import json
import pathlib
import signal
import socket
import unittest

from tests.chat.peer import chat_server, peer, until
from tests.chat.proxy import Proxy
from tests.chat.schema import problem
from tests.chat.tokens import guarded_server, key_file, token
from tests.process.client import within

CHAT = "tools/chat/chat.py"
PIPE = asyncio.subprocess.PIPE


async def start(*args, stdout=PIPE):
    return await asyncio.create_subprocess_exec(CHAT, *args, stdin=PIPE, stdout=stdout, stderr=PIPE)


async def run(*args, said=""):
    """Runs it with this input; returns its exit code, output and errors."""
    process = await start(*args)
    out, errors = await within(process.communicate(said.encode()), "the end of the client")
    return process.returncode, out.decode(), errors.decode()


async def until_alone(client):
    async def is_alone():
        return (await client.ask(type="members", room="lobby"))["count"] == 1

    await until(is_alone, "the leave of the others")


class SayTest(unittest.IsolatedAsyncioTestCase):
    async def test_every_line_is_said_in_order(self):
        with chat_server() as server:
            async with peer(server, room="lobby") as grace:
                lines = [f"line {number} é👍" for number in range(300)]
                code, out, errors = await run(server.url("/chat/lobby"), "--name=ci",
                                              said="\n".join([*lines, "", "the end has no newline"]))
                self.assertEqual((code, errors), (0, ""))
                lines.append("the end has no newline")
                events = await grace.events(301)
                self.assertEqual([event["text"] for event in events], lines)
                self.assertEqual({event["from"]["name"] for event in events}, {"ci"})
                self.assertEqual([line.partition(": ")[2] for line in out.splitlines()], lines)

    async def test_nothing_to_say(self):
        with chat_server() as server:
            self.assertEqual(await run(server.url("/chat")), (0, "", ""))

    async def test_history_is_shown_if_it_is_asked_for(self):
        with chat_server() as server:
            async with peer(server, room="lobby") as grace:
                for text in ["one", "two"]:
                    await grace.say(text)
                code, out, _ = await run(server.url("/chat"), "--history=1")
                self.assertEqual(code, 0)
                self.assertRegex(out, r"\A\d\d:\d\d:\d\d #2 guest: two\n\Z")

    async def test_what_is_refused_is_told_with_its_line(self):
        with chat_server() as server:
            code, out, errors = await run(server.url("/chat/lobby"),
                                          said="good\n" + "x" * 20_000 + "\ngood, too\n")
            self.assertEqual(code, 1)
            self.assertEqual(errors, "chat: line 2: longer than 16384 bytes; not sent\n")
            self.assertEqual([line.partition(": ")[2] for line in out.splitlines()],
                             ["good", "good, too"])

    async def test_json(self):
        with chat_server() as server:
            code, out, errors = await run(server.url("/chat/lobby"), "--json", said="é\x7f\n")
            self.assertEqual((code, errors), (0, ""))
            frames = [json.loads(line) for line in out.splitlines()]
            self.assertEqual([frame["type"] for frame in frames if frame["type"] != "presence"][:2],
                             ["welcome", "joined"])
            self.assertEqual({"message", "ack"} - {frame["type"] for frame in frames}, set())
            self.assertTrue(out.isascii())
            # The secret is not for logs.
            self.assertNotIn("token", out)
            frames[0]["token"] = "secret"
            for frame in frames:
                self.assertIsNone(problem("server", frame))

    async def test_it_comes_back_and_says_the_rest(self):
        with chat_server() as server:
            async with Proxy(server.port) as proxy, peer(server, room="lobby") as grace:
                process = await start(proxy.url("/chat/lobby"))
                process.stdin.write(b"one\n")
                await grace.take("message", text="one")
                for how, text in [("reset", "two"), ("end", "three"), ("half", "four"),
                                  ("stall", "five")]:
                    proxy.cut(proxy.pairs()[0], how)
                    process.stdin.write(text.encode() + b"\n")
                    await grace.take("message", text=text)
                # With no input at all, it would be left open.
                out, errors = await within(process.communicate(b""), "the end")
                self.assertEqual(process.returncode, 0)
                self.assertEqual([line.partition(": ")[2] for line in out.decode().splitlines()],
                                 ["one", "two", "three", "four", "five"])
                self.assertEqual(errors.decode().count("chat: back, missed nothing\n"), 4)

    async def test_patience_ends(self):
        with chat_server() as server:
            process = await start(server.url("/chat/lobby"), "--patience=0", "--json")
            await within(process.stdout.readline(), "the welcome")
            server.stop()
            _, errors = await within(process.communicate(), "the end")
            self.assertEqual(process.returncode, 3)
            self.assertEqual(len(errors.splitlines()), 1, errors)


class TokenTest(unittest.IsolatedAsyncioTestCase):
    async def test_a_token_is_shown(self):
        with guarded_server() as server:
            url = server.url("/chat/lobby")
            code, out, errors = await run(url, "--token", token(name="Ada"), "--name=ci",
                                          said="hello")
            self.assertEqual((code, errors), (0, ""))
            self.assertIn("Ada: hello", out)
            for args, error in [([], "it asks for a token"),
                                (["--token", "a.b.c"], "it does not take this token"),
                                (["--token", "a b"], "it has no token"),
                                (["--token_file=/nowhere"], "No such file or directory")]:
                code, out, errors = await run(url, *args, said="hello")
                self.assertEqual((code, out), (3, ""))
                self.assertIn(error, errors)

    async def test_it_is_read_again_before_it_expires(self):
        with guarded_server() as server, key_file(token(life=4)) as file:
            async with peer(server, room="lobby", token=token("grace")) as grace:
                process = await start(server.url("/chat/lobby"), "--token_file", file, "--follow",
                                      "--json")
                process.stdin.write(b"first\n")
                await grace.take("message", text="first")
                pathlib.Path(file).write_text(token(), encoding="ascii")
                while json.loads(await within(process.stdout.readline(), "a frame"))["type"] != "renewed":
                    pass
                process.stdin.write(b"second\n")
                await grace.take("message", text="second")
                process.send_signal(signal.SIGINT)
                _, errors = await within(process.communicate(), "the end")
                self.assertEqual((process.returncode, errors), (130, b""))


class EndTest(unittest.IsolatedAsyncioTestCase):
    async def test_a_reader_that_ends_is_no_failure_of_ours(self):
        with chat_server() as server:
            async with peer(server, room="lobby") as grace:
                process = await start(server.url("/chat/lobby"), "--follow")
                process.stdin.write(b"ready\n")
                await grace.take("message", text="ready")
                await within(process.stdout.readline(), "a line")
                # As `head -n 1` does.
                process._transport.get_pipe_transport(1).close()  # pylint: disable=protected-access
                while process.returncode is None:
                    await grace.say("more")
                errors = await within(process.stderr.read(), "the errors")
                self.assertEqual((process.returncode, errors), (141, b""))

    async def test_interrupted(self):
        with chat_server() as server:
            process = await start(server.url("/chat/lobby"), "--json")
            await within(process.stdout.readline(), "the welcome")
            process.send_signal(signal.SIGINT)
            _, errors = await within(process.communicate(), "the end")
            self.assertEqual((process.returncode, errors), (130, b""))

    async def test_interrupted_before_there_is_a_connection(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            silent.setblocking(False)
            process = await start(f"ws://127.0.0.1:{silent.getsockname()[1]}/chat")
            accepted, _ = await within(asyncio.get_running_loop().sock_accept(silent), "a connection")
            with accepted:
                process.send_signal(signal.SIGINT)
                _, errors = await within(process.communicate(), "the end")
                self.assertEqual((process.returncode, errors), (130, b""))

    async def test_who_ends_leaves_at_once(self):
        # Whoever is only lost is still there long after the deadline.
        with chat_server(presence={"grace_ms": 600_000}) as server:
            async with peer(server, room="lobby") as grace:
                self.assertEqual((await run(server.url("/chat"), "--name=quick", said="bye"))[0], 0)
                process = await start(server.url("/chat"), "--name=interrupted")
                process.stdin.write(b"ready\n")
                await grace.take("message", text="ready")
                process.send_signal(signal.SIGINT)
                await within(process.communicate(), "the end")
                await until_alone(grace)

    async def test_where_there_is_no_chat(self):
        with chat_server() as server:
            url = server.url("")
            for args, code, error in [
                    (["localhost"], 2, '"localhost": expected a URL such as '
                                       "ws://localhost:8080/chat/lobby"),
                    ([url + "/nowhere/lobby"], 3, f"{url}/nowhere: there is no chat"),
                    ([url + "/echo/lobby"], 3,
                     f"{url}/echo: the server does not speak fanfare.chat.v1"),
                    ([url + "/chat/a%20b"], 1, "."),
                    ([url + "/chat/lobby", "--name=" + "x" * 65], 1, "."),
                    (["ws://no-such-host.invalid/chat"], 3, "ws://no-such-host.invalid/chat: ."),
            ]:
                result = await run(*args, said="hello\n")
                self.assertEqual((result[0], result[1]), (code, ""), result)
                self.assertRegex(result[2], r"\Achat: [^\n]+\n\Z")
                if error.endswith("."):
                    self.assertTrue(result[2].startswith("chat: " + error[:-1]), result)
                else:
                    self.assertEqual(result[2], f"chat: {error}\n")

    async def test_where_nobody_listens(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            url = f"ws://127.0.0.1:{taken.getsockname()[1]}/chat"
            self.assertEqual(await run(url), (3, "", f"chat: {url}: nobody listens there\n"))

    async def test_called_wrongly(self):
        for args in [[], ["ws://localhost/chat", "--history=101"], ["ws://localhost/chat", "--x"]]:
            code, out, errors = await run(*args)
            self.assertEqual((code, out), (2, ""))
            self.assertIn("usage: chat", errors)
        code, out, _ = await run("--help")
        self.assertEqual(code, 0)
        self.assertIn("exit codes:", out)


if __name__ == "__main__":
    unittest.main()
