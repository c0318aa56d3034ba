#!/usr/bin/python3
"""tools/chat in a terminal: what is on the screen, whatever the others do."""

import asyncio
import signal
import socket
import unittest

from tests.chat.peer import chat_server, peer
from tests.chat.proxy import Proxy
from tests.chat.screen import Program
from tests.process.client import within
from tests.process.server import Server

CHAT = "tools/chat/chat.py"


def chat(url, *options):
    return Program(CHAT, url, "--name=Ada", *options)


class TerminalTest(unittest.IsolatedAsyncioTestCase):
    async def test_what_comes_does_not_destroy_the_input_line(self):
        with chat_server() as server:
            async with peer(server, room="lobby", name="Grace") as grace, \
                    chat(server.url("/chat/lobby")) as ada:
                await ada.shows("lobby: 2 here")
                await ada.shows_input("Ada> ")
                ada.type("half a sen")
                await ada.shows_input("Ada> half a sen")
                for number in range(40):
                    await grace.say(f"message {number}")
                    if number % 10 == 0:
                        await ada.shows(f"Grace: message {number}$")
                        await ada.shows_input("Ada> half a sen")
                await ada.shows("Grace: message 39$")
                await ada.shows_input("Ada> half a sen")
                ada.type("tence\r")
                event = await grace.take("message", text="half a sentence")
                self.assertEqual(event["from"]["name"], "Ada")
                await ada.shows("#41 Ada: half a sentence$")
                await ada.shows_input("Ada> ")
                # Each message is there once, in order, and nothing of the input line is left.
                lines = [line for line in ada.screen.all_lines if "Grace: message" in line]
                self.assertEqual([line.rpartition(" ")[2] for line in lines],
                                 [f"{number}" for number in range(40)])
                self.assertEqual([line for line in ada.screen.all_lines if "Ada> " in line + " "],
                                 ["Ada>"])

    async def test_typing_while_much_comes(self):
        with chat_server() as server:
            async with peer(server, room="lobby", name="Grace") as grace, \
                    chat(server.url("/chat/lobby")) as ada:
                await ada.shows("lobby: 2 here")
                for number in range(60):
                    await grace.say(f"message {number}")
                    ada.type("x")
                await ada.shows("Grace: message 59$")
                await ada.shows_input("Ada> " + "x" * 60)
                # No key was seen but in the input line.
                self.assertEqual([line for line in ada.screen.all_lines
                                  if "x" in line and not line.startswith("Ada> ")], [])

    async def test_nobody_controls_the_terminal(self):
        with chat_server() as server:
            async with peer(server, room="lobby", name="Grace") as grace, \
                    chat(server.url("/chat/lobby")) as ada:
                await ada.shows("lobby: 2 here")
                ada.type("typing")
                await ada.shows_input("Ada> typing")
                for text in ["\x1b[2J", "\x1b]0;title\x07", "\x9b2J", "a\rb", "\x1bc", "\x08\x08",
                             "\x00\x7f", "\u202eabc"]:
                    # An unknown sequence or control character would be the screen's failure.
                    await grace.say("evil " + text)
                    # The server passes on only some of these.
                    await grace.ask(type="react", room="lobby", target=1, key="k" + text)
                await grace.say("line\n12:00:00 #1 Ada: forged")
                await ada.shows(r"^    12:00:00 #1 Ada: forged$")
                await ada.shows(r"Grace: evil ␛\[2J$")
                await ada.shows_input("Ada> typing")
                for sequence in ["\x1b]", "\x1b[2J", "\x9b", "\x1bc", "\x07", "\u202e"]:
                    self.assertNotIn(sequence, ada.screen.raw)

    async def test_history_presence_and_typing(self):
        with chat_server() as server:
            async with peer(server, room="lobby", name="Grace") as grace:
                for number in range(30):
                    await grace.say(f"old {number}")
                async with chat(server.url("/chat/lobby"), "--history=3") as ada:
                    await ada.shows("#28 Grace: old 27$")
                    await ada.shows("#30 Grace: old 29$")
                    self.assertFalse([line for line in ada.screen.all_lines if "old 26" in line])
                    await ada.shows("connected · lobby · 2 here")
                    ada.type("/history 2\r")
                    await ada.shows("#26 Grace: old 25$")
                    async with peer(server, room="lobby", name="Alan"):
                        await ada.shows("Alan came · 3 here")
                        await grace.send(type="typing", room="lobby", on=True)
                        await ada.shows("3 here · Grace is typing…")
                    await ada.shows("Alan left · 2 here")
                    ada.type("h")
                    frame = await grace.take("typing", on=True)
                    while frame["from"]["name"] != "Ada":
                        frame = await grace.take("typing", on=True)

    async def test_commands(self):
        with chat_server() as server:
            async with peer(server, room="lobby", name="Grace") as grace, \
                    chat(server.url("/chat/lobby")) as ada:
                await ada.shows("lobby: 2 here")
                for typed, shown in [
                        ("hello", "#1 Ada: hello$"), ("/edit hello!", "Ada edited #1: hello!$"),
                        ("/react +", r"Ada says \+ to #1$"),
                        ("/unreact +", r"Ada takes back \+ to #1$"),
                        ("/who", r"^Ada @\S+ \(you\)$"), ("/delete", "Ada deleted #1$"),
                        ("/nonsense", "there is no /nonsense"), ("/edit #1 x", "was deleted"),
                        ("/msg Nobody x", "nobody in the room has this name"), ("/msg Grace psst", "to Grace alone: psst")]:
                    ada.type(typed + "\r")
                    await ada.shows(shown)
                self.assertEqual((await grace.take("direct"))["text"], "psst")
                ada.type("/join tea\r")
                await ada.shows("tea: 1 here")
                ada.type("milk?\r")
                await ada.shows(r"^\[tea\] \S+ #1 Ada: milk\?$")
                ada.type("/quit\r")
                self.assertEqual(await ada.ended(), 0)

    async def test_only_rooms_that_were_joined_are_spoken_in(self):
        with chat_server() as server:
            async with chat(server.url("/chat/lobby")) as ada:
                await ada.shows("lobby: 1 here")
                for typed, shown in [("/join bad_room!", "^a room's name is"),
                                     ("still here", "#1 Ada: still here$"),
                                     ("/leave", "^left lobby$"),
                                     ("anybody?", "^you are in no room"),
                                     ("/join tea", "^tea: 1 here$"),
                                     ("milk?", r"#1 Ada: milk\?$")]:
                    ada.type(typed + "\r")
                    await ada.shows(shown)
                self.assertEqual(len([line for line in ada.screen.all_lines
                                      if line.startswith(("a room's", "you are in no"))]), 2)

    async def test_coming_back(self):
        # However long it takes her.
        with chat_server(presence={"grace_ms": 60_000}) as server:
            async with Proxy(server.port) as proxy, \
                    peer(server, room="lobby", name="Grace") as grace, \
                    chat(proxy.url("/chat/lobby")) as ada:
                await ada.shows("lobby: 2 here")
                ada.type("half")
                await ada.shows_input("Ada> half")
                proxy.cut(proxy.pairs()[0], "reset")
                await ada.shows("lobby: back, missed nothing")
                await ada.shows_input("Ada> half")
                ada.type(" a sentence\r")
                self.assertEqual((await grace.take("message"))["text"], "half a sentence")
                # To the others, she never left.
                self.assertEqual([frame["left"] for frame in grace.left("presence")
                                  if frame["left"]], [])

    async def test_a_server_that_starts_again(self):
        with chat_server() as server:
            port = server.port
            ada = chat(server.url("/chat/lobby"))
            await ada.__aenter__()
            self.addAsyncCleanup(ada.__aexit__)
            await ada.shows("lobby: 1 here")
            server.stop()
            await ada.shows("connecting again")
        with Server(listen=f"127.0.0.1:{port}"):
            await ada.shows("lobby: back, some messages may be lost")
            ada.type("hello\r")
            await ada.shows("#1 Ada: hello$")

    async def test_ends(self):
        with chat_server() as server:
            for end in ["\x04", "\x03", "/quit\r"]:
                async with chat(server.url("/chat/lobby")) as ada:
                    await ada.shows("lobby: 1 here")
                    await ada.shows_input("Ada> ")
                    ada.type(end)
                    self.assertEqual(await ada.ended(), 0)
            async with chat(server.url("/chat/lobby")) as ada:
                await ada.shows_input("Ada> ")
                ada.type("thrown away")
                await ada.shows_input("Ada> thrown away")
                ada.type("\x03")
                await ada.shows_input("Ada> ")
                ada.signal(signal.SIGTERM)
                self.assertEqual(await ada.ended(), 0)
            async with chat(server.url("/nowhere/lobby")) as ada:
                self.assertEqual(await ada.ended(), 3)
                self.assertEqual(ada.screen.lines[0],
                                 f"chat: {server.url('/nowhere')}: there is no chat")
                self.assertEqual(ada.screen.lines[1], "")

    async def test_what_was_not_acknowledged_is_told_at_the_end(self):
        with chat_server() as server:
            async with Proxy(server.port) as proxy, chat(proxy.url("/chat/lobby")) as ada:
                await ada.shows("lobby: 1 here")
                proxy.shut()
                await ada.shows("connecting again")
                ada.type("hello\r")
                await ada.shows("1 not acknowledged")
                ada.type("/quit\r")
                self.assertEqual(await ada.ended(), 1)
                await ada.shows("^1 not acknowledged, and perhaps not said$")

    async def test_a_signal_before_there_is_a_connection(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            silent.setblocking(False)
            async with chat(f"ws://127.0.0.1:{silent.getsockname()[1]}/chat") as ada:
                accepted, _ = await within(asyncio.get_running_loop().sock_accept(silent),
                                           "a connection")
                with accepted:
                    # There is no input line yet.
                    ada.type("early")
                    ada.signal(signal.SIGTERM)
                    self.assertEqual(await ada.ended(), 0)
                self.assertEqual("".join(ada.screen.all_lines), "")


if __name__ == "__main__":
    unittest.main()
