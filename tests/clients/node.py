"""Node's `ws`, driven from Python: each client is a process of tests/clients/node_client.js."""

import asyncio
import base64
import json
import os
import shutil
import sys

from tests.process.client import MAX_BYTES, within

# Where Debian's node-* packages are.
MODULES = "/usr/share/nodejs"

NODE = shutil.which("node")
if NODE is None:
    # Not skipped: nobody would notice that nothing is tested any more.
    sys.exit("the tests need a WebSocket client that is not ours: apt-get install node-ws")


class NodeClient:
    """One connection. `async with` opens it and, at its end, kills what is left of the process.

    Options are those of `ws`, and `protocols`. It offers no compression unless told so.
    """

    def __init__(self, url, **options):
        self._url = url
        self._options = {"perMessageDeflate": False} | options

    async def __aenter__(self):
        self._process = await asyncio.create_subprocess_exec(
            NODE, "tests/clients/node_client.js", self._url, json.dumps(self._options),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            # A message of base64 is one line.
            limit=2 * MAX_BYTES, env=dict(os.environ, NODE_PATH=MODULES))
        return self

    async def __aexit__(self, *_):
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()

    async def event(self):
        """What happened next: its name and what belongs to it."""
        line = await within(self._process.stdout.readline(), "an event of the Node client")
        if not line:
            raise AssertionError(f"the Node client ended with {await self._process.wait()}")
        return tuple(json.loads(line))

    async def opened(self):
        name, about = await self.event()
        assert name == "open", (name, about)
        return about

    async def receive(self):
        """The next message: str or bytes."""
        name, *value = await self.event()
        assert name in ("text", "binary"), (name, *value)
        return value[0] if name == "text" else base64.b64decode(value[0])

    async def send(self, message):
        if isinstance(message, str):
            await self.do("text", message)
        else:
            await self.do("binary", base64.b64encode(message).decode())

    async def do(self, name, *args):
        self._process.stdin.write(json.dumps([name, *args]).encode() + b"\n")
        await self._process.stdin.drain()
