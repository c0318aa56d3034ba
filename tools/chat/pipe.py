"""The chat without a terminal: lines in, lines out, and an end that says whether all was said."""

import asyncio
import functools
import json
import os
import sys
import threading

from tools.chat import render
from tools.chat.client import ChatClient
from tools.chat.link import open_link
from tools.chat.listener import Listener, Refused

# How many lines may wait for their ack; the server knows the ids of the newest 256.
WINDOW = 64
# A longer line is refused anyway, and is not gathered further.
MAX_LINE = 1 << 20


class Printer(Listener):
    """Writes what happens: events as text, or all frames as JSON. Each line is there at once."""

    def __init__(self, as_json):
        self._as_json = as_json
        self.refused = None
        self.moved = asyncio.Event()

    def complain(self, words):
        print("chat: " + words, file=sys.stderr, flush=True)

    def on_frame(self, frame):
        if self._as_json:
            # The token is the identity's secret; logs are not the place for it.
            shown = {name: value for name, value in frame.items() if name != "token"}
            # ASCII, so that it is harmless on a terminal.
            print(json.dumps(shown), flush=True)

    def on_lost(self, why, retry_in):
        self.complain(f"{why}; trying again")

    def on_joined(self, room, how, missed):
        if how == "recovered":
            self.complain("back, missed nothing")
        elif how == "lost":
            self.complain("back, some messages may be lost")
        self.moved.set()

    def on_event(self, room, event, is_new):
        if not self._as_json:
            for line in render.event(event):
                print(render.plain(line), flush=True)
        self.moved.set()

    def on_direct(self, frame):
        if not self._as_json:
            for line in render.direct(frame):
                print(render.plain(line), flush=True)

    def on_error(self, error):
        self.refused = self.refused or error["message"]
        self.moved.set()


class Lines:
    """The lines of a file descriptor, whatever it is. Its reader waits while nobody takes them."""

    def __init__(self, descriptor):
        self._descriptor = descriptor
        self._loop = asyncio.get_running_loop()
        self._lines = asyncio.Queue()
        self._room = threading.Semaphore(WINDOW)
        # A daemon: it may wait for input for ever. It reads without sys.stdin's lock, which would
        # hold up the interpreter's end.
        threading.Thread(target=self._read, daemon=True).start()

    async def next(self):
        """The next line; None at the end."""
        line = await self._lines.get()
        self._room.release()
        return line

    def _read(self):
        rest = b""
        while data := self._some():
            *lines, rest = (rest + data).split(b"\n")
            rest = rest[:MAX_LINE]
            for line in lines:
                self._give(line.decode("utf-8", "replace").rstrip("\r"))
        if rest:
            self._give(rest.decode("utf-8", "replace"))
        self._give(None)

    def _some(self):
        try:
            return os.read(self._descriptor, 65536)
        except OSError:
            return b""

    def _give(self, line):
        self._room.acquire()
        try:
            self._loop.call_soon_threadsafe(self._lines.put_nowait, line)
        except RuntimeError:
            # The loop is closed: nobody wants it any more.
            sys.exit()


async def run(address, name, tokens, history, patience, as_json, follow):
    """Says the lines of stdin; returns whether all were accepted. Raises LinkError."""
    printer = Printer(as_json)
    client = ChatClient(address.url, printer, name=name, tokens=tokens, patience=patience,
                        opener=functools.partial(open_link, trust=address.trust))
    client.join(address.room, history)
    running = asyncio.create_task(client.run())
    talking = asyncio.create_task(talk(client, printer, address.room, follow))
    try:
        await asyncio.wait([running, talking], return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            talking.cancel()
    finally:
        # Also at an interrupt, which cancels this.
        await client.close()
        await asyncio.wait([running])
    await asyncio.wait([talking])
    await running
    return talking.result()


async def talk(client, printer, room, follow):
    said = []
    lines = Lines(sys.stdin.fileno())
    window = asyncio.Semaphore(WINDOW)
    number = 0

    async def say(number, line):
        try:
            said.append((await client.publish(room, line))["offset"])
            return True
        except Refused as refused:
            printer.complain(f"line {number}: {refused}")
            return False
        finally:
            window.release()

    await joined(client, printer, room)
    results = []
    while (line := await lines.next()) is not None:
        number += 1
        if line:
            await window.acquire()
            results.append(asyncio.create_task(say(number, line)))
    accepted = [await result for result in results]
    if follow:
        await asyncio.Event().wait()
    # An ack may come before the message itself, which belongs to the output.
    while said and client.rooms[room].offset < max(said):
        printer.moved.clear()
        await printer.moved.wait()
    return all(accepted)


async def joined(client, printer, room):
    while client.rooms[room].epoch is None:
        printer.moved.clear()
        await printer.moved.wait()
        if printer.refused:
            raise Refused({"message": printer.refused, "code": ""})
