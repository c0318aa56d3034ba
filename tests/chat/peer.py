"""A client of fanfare.chat.v1 that believes nothing: every frame is checked against the schema.

It keeps no state of rooms and repeats nothing; tests look at the frames themselves.
"""

import asyncio
import contextlib
import itertools
import json
import socket
import struct

from tests.chat.schema import problem
from tests.process.client import closed, connect, within
from tests.process.server import Server

PROTOCOL = "fanfare.chat.v1"
EVENTS = ("message", "edit", "delete", "reaction")


def chat_server(*flags, threads=1, limits=None, auth="none", **options):
    """A server whose chat route has these options; presence is quick unless they say otherwise."""
    options["presence"] = {"interval_ms": 20, "grace_ms": 100} | options.get("presence", {})
    config = {"threads": threads, "limits": limits or {},
              "routes": [{"route": "chat", "auth": auth, "options": options}]}
    return Server(*flags, config=config)


class Peer:
    """One connection. Frames that a call does not ask for stay in `stash`, in their order."""

    def __init__(self, client):
        self.client = client
        self.stash = []
        self.welcome = None
        self._ids = itertools.count(1)
        # Requests without an answer yet; an answer to anything else is a mistake of the server.
        self._asked = set()

    @property
    def session(self):
        return self.welcome["session"]

    async def _receive(self):
        """Puts one frame into the stash."""
        text = await within(self.client.recv(), "a frame")
        assert isinstance(text, str), text
        frame = json.loads(text)
        wrong = problem("server", frame)
        assert wrong is None, wrong
        if "id" in frame:
            assert frame["id"] in self._asked, ("an answer to nothing", frame)
            self._asked.remove(frame["id"])
        self.stash.append(frame)

    async def take(self, *types, **members):
        """The next frame of one of these types that has these members."""
        seen = 0
        while True:
            for index in range(seen, len(self.stash)):
                frame = self.stash[index]
                if frame["type"] in types and members.items() <= frame.items():
                    del self.stash[index]
                    return frame
            seen = len(self.stash)
            await self._receive()

    async def send(self, **frame):
        if isinstance(frame.get("id"), str):
            self._asked.add(frame["id"])
        await self.client.send(json.dumps(frame, ensure_ascii=False))

    async def answer(self, number):
        """The one frame that answers a request."""
        while True:
            for index, frame in enumerate(self.stash):
                if frame.get("id") == number:
                    return self.stash.pop(index)
            await self._receive()

    async def ask(self, **frame):
        """Sends a request, with an id if it has none; returns its answer."""
        frame.setdefault("id", f"r{next(self._ids)}")
        await self.send(**frame)
        return await self.answer(frame["id"])

    async def ok(self, **frame):
        """A request that is acknowledged."""
        ack = await self.ask(**frame)
        assert ack["type"] == "ack", (frame, ack)
        if frame["type"] in ("publish", "edit", "delete", "react"):
            assert ack.keys() - {"duplicate"} == {"type", "id", "room", "offset"}, ack
            assert ack["room"] == frame["room"], ack
        return ack

    async def refused(self, code, **frame):
        """A request that is answered with this error."""
        error = await self.ask(**frame)
        assert (error["type"], error.get("code")) == ("error", code), (code, frame, error)
        # Not what could be no room's name at all.
        if isinstance(room := frame.get("room"), str) and 0 < len(room.encode()) <= 128:
            assert error.get("room") == room, (frame, error)
        return error

    async def join(self, room="lobby", **members):
        joined = await self.ask(type="join", room=room, **members)
        assert (joined["type"], joined.get("room")) == ("joined", room), joined
        return joined

    async def say(self, text, room="lobby", **members):
        return await self.ok(type="publish", room=room, text=text, **members)

    async def events(self, count):
        return [await self.take(*EVENTS) for _ in range(count)]

    async def pong(self):
        """When it is there, so is the answer to everything that was sent before."""
        pong = await self.ask(type="ping")
        assert pong["type"] == "pong", pong

    async def resume(self, former):
        """Takes up the identity of another peer, or of a welcome."""
        welcome = former.welcome if isinstance(former, Peer) else former
        ack = await self.ok(type="resume", session=welcome["session"], token=welcome["token"])
        assert ack == {"type": "ack", "id": ack["id"], "session": welcome["session"]}, ack
        self.welcome = {**self.welcome, **welcome}

    def left(self, *types):
        """What is in the stash of these types."""
        return [frame for frame in self.stash if frame["type"] in types]

    def cut(self):
        """Ends the connection as a crash does: no close frame, and what is under way is lost."""
        if (raw := self.client.transport.get_extra_info("socket")) is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.client.transport.abort()

    async def closed(self):
        """The code that the server closed with."""
        with contextlib.suppress(Exception):
            while True:
                await self._receive()
        return (await closed(self.client))[0]

    async def close(self):
        await self.client.close()


@contextlib.asynccontextmanager
async def peer(server, path="/chat", room=None, token=None, **join):
    """A connected peer that has its welcome; with a `room`, it joins that."""
    shown = [] if token is None else [f"bearer.{token}"]
    async with connect(server.url(path), subprotocols=[*shown, PROTOCOL]) as client:
        assert client.subprotocol == PROTOCOL
        self = Peer(client)
        await self._receive()  # pylint: disable=protected-access
        self.welcome = self.stash.pop()
        assert self.welcome["type"] == "welcome", self.welcome
        if room is not None:
            self.joined = await self.join(room, **join)
        yield self


@contextlib.asynccontextmanager
async def peers(server, *names, room="lobby"):
    """A peer for each name, in one room; on two shards, each is on another than the one before."""
    async with contextlib.AsyncExitStack() as stack:
        yield [await stack.enter_async_context(peer(server, room=room, name=name))
               for name in names]


async def until(condition, what):
    """Waits for a condition that nothing tells of."""
    async def poll():
        while not await condition():
            await asyncio.sleep(0.01)

    await within(poll(), what)
