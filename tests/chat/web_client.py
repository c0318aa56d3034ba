"""The client of routes/web/client, driven from Python: a process of tests/chat/web_client.mjs."""

import asyncio
import json
import os

from tests.clients.node import MODULES, NODE
from tests.process.client import MAX_BYTES, within

# Quick to come back, and to notice that a connection is dead.
OPTIONS = {"backoff": {"firstMs": 20, "mostMs": 200}}


class WebClient:
    """One client. `async with` starts it and, at its end, kills what is left of the process.

    What a call does not ask for stays in `stash`, in its order.
    """

    def __init__(self, url, **options):
        self._url = url
        self._options = OPTIONS | options
        self.stash = []

    async def __aenter__(self):
        self._process = await asyncio.create_subprocess_exec(
            NODE, "--preserve-symlinks", "--preserve-symlinks-main", "tests/chat/web_client.mjs",
            self._url, json.dumps(self._options), stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE, limit=2 * MAX_BYTES,
            env=dict(os.environ, NODE_PATH=MODULES))
        return self

    async def __aexit__(self, *_):
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()

    async def do(self, name, *args):
        self._process.stdin.write(json.dumps([name, *args]).encode() + b"\n")
        await self._process.stdin.drain()

    async def take(self, *start):
        """The next thing that was said that begins with these; returns what follows them."""
        seen = 0
        while True:
            for index in range(seen, len(self.stash)):
                if tuple(self.stash[index][:len(start)]) == start:
                    return self.stash.pop(index)[len(start):]
            seen = len(self.stash)
            line = await within(self._process.stdout.readline(), f"{start} of the client")
            if not line:
                raise AssertionError(f"the client ended with {await self._process.wait()}")
            self.stash.append(json.loads(line))

    async def texts(self, count):
        """Of the next messages."""
        return [(await self.take("message"))[0]["text"] for _ in range(count)]

    def left(self, *names):
        """What was said of these, and not taken."""
        return [event for event in self.stash if event[0] in names]

    async def opened(self):
        """Waits until it is connected; returns its session."""
        return (await self.take("state", "open"))[0]["session"]

    async def join(self, room="lobby", **options):
        await self.do("join", room, options)
        return (await self.take("joined"))[0]

    async def ended(self):
        """Waits for the end of the process, which comes by itself when the client is closed."""
        rest = await within(self._process.stdout.read(), "the end of the client")
        assert await within(self._process.wait(), "the end of the process") == 0
        self.stash.extend(json.loads(line) for line in rest.splitlines())
