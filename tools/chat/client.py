"""A client of fanfare.chat.v1 that survives its connections.

It knows no terminal. Everything happens on one event loop:

    client = ChatClient("ws://localhost:8080/chat", Listener(), name="Ada")
    client.join("lobby")
    running = asyncio.create_task(client.run())
    await client.publish("lobby", "hello")

After a loss it connects again, with growing delays or when the server says; takes its identity up (`resume`); joins its
rooms where it was in them (`recover`); and sends again what was not acknowledged, which the server
knows by its id if it had come. If the identity was forgotten in the meantime, a message that comes
among what was missed is known by its author and text; what else is not acknowledged is sent again.
"""

import asyncio
import contextlib
import time

from tools.chat.backoff import Backoff
from tools.chat.link import LinkError, open_link
from tools.chat.listener import NotConnected, Refused
from tools.chat.requests import Requests
from tools.chat.room import Room
from tools.chat.tokens import Tokens

EVENTS = {"message", "edit", "delete", "reaction"}


class ChatClient:
    """`run` is the client's life; all else may be called before and during it."""

    # pylint: disable=too-many-instance-attributes

    def __init__(self, url, listener, *, name="guest", tokens=None, opener=open_link,
                 backoff=None, patience=None):
        """Without a connection for `patience` seconds, `run` raises LinkError; None is for ever."""
        self.name = name
        self.rooms = {}
        self.session = None
        self.limits = {"text_bytes": 16384}
        self._token = None
        self._url = url
        self._listener = listener
        self._tokens = tokens or Tokens()
        self._open = opener
        self._backoff = backoff or Backoff()
        self._patience = patience
        self._requests = Requests()
        self._link = None
        self._ready = False
        self._ready_event = asyncio.Event()
        self._closed = False
        self._stopped = asyncio.Event()
        # Kept, as the loop holds tasks only weakly.
        self._entering = []
        self._moved = asyncio.Event()
        # The identity that was lost, until what was missed has come.
        self._former = None

    @property
    def connected(self):
        return self._ready

    @property
    def unacknowledged(self):
        return len(self._requests.unacknowledged)

    async def run(self):
        """Stays connected until `close`. The first connection must succeed, or LinkError is raised."""
        living = asyncio.create_task(self._live())
        stopped = asyncio.create_task(self._stopped.wait())
        try:
            await asyncio.wait([living, stopped], return_when=asyncio.FIRST_COMPLETED)
            if living.done():
                living.result()
        finally:
            # Also if it is cancelled: whoever quits, leaves.
            await self.close()
            living.cancel()
            stopped.cancel()
            await asyncio.wait([living, stopped])
            self._forget_connection()

    async def close(self):
        """Leaves: with a close frame if there is a connection."""
        self._closed = True
        if self._link is not None:
            await self._link.close()
        self._stopped.set()

    async def publish(self, room, text=None, data=None):
        """Sends a message, again and again if it must be; returns its `ack`, or raises Refused."""
        frame = {"type": "publish", "room": room}
        if text is not None:
            encoded = text.encode("utf-8", "replace")
            # Here and not by the server: of a frame that is too large, it tells by the connection's
            # end, and then it would be sent again.
            if len(encoded) > self.limits["text_bytes"]:
                raise Refused({"type": "error", "code": "too_large", "message":
                               f"longer than {self.limits['text_bytes']} bytes; not sent"})
            frame["text"] = encoded.decode()
        frame |= {} if data is None else {"data": data}
        return await self._ask(frame, again=True)

    async def acknowledged(self):
        """Waits until all that was published is acknowledged or refused."""
        while answers := [request.answer for request in self._requests.unacknowledged]:
            await asyncio.wait(answers)
            # Whoever waits for them takes them out.
            await asyncio.sleep(0)

    async def ready(self):
        """Waits until there is a connection, and all rooms are joined."""
        await self._ready_event.wait()

    async def request(self, frame):
        """Sends a frame once; returns its answer, or raises Refused or NotConnected."""
        if not self._ready:
            raise NotConnected("not connected")
        return await self._ask(frame)

    async def tell(self, frame):
        """Sends a frame that needs no answer, if there is a connection."""
        if self._ready:
            with contextlib.suppress(LinkError):
                await self._link.send(frame)

    def join(self, room, history=0):
        """Is in a room from now on; on_joined tells when, or on_error that it can not be."""
        if room not in self.rooms:
            self.rooms[room] = Room(room, history)
            if self._ready:
                self._entering.append(asyncio.create_task(self._enter(self.rooms[room])))

    async def enter(self, room, history=0):
        """Joins a room now; if it raises Refused or NotConnected, it is as if it was never asked."""
        entered = self.rooms[room] = Room(room, history, asked=True)
        try:
            await self.request(entered.join_request(self.name))
        except (Refused, NotConnected):
            self.rooms.pop(room, None)
            raise

    async def leave(self, room):
        del self.rooms[room]
        with contextlib.suppress(NotConnected):
            await self.request({"type": "leave", "room": room})

    async def all_members(self, room):
        """Everybody in a room, page by page."""
        members, after = [], {}
        while True:
            page = await self.request({"type": "members", "room": room} | after)
            members += page["members"]
            if page["next"] is None:
                return members
            after = {"after": page["next"]}

    async def _live(self):
        """One connection after the other."""
        lost_at = time.monotonic()
        while True:
            try:
                await self._attend()
            except LinkError as error:
                if self._closed:
                    return
                if self._ready:
                    lost_at = time.monotonic()
                self._forget_connection()
                waited = time.monotonic() - lost_at
                if self.session is None or error.permanent or (
                        self._patience is not None and waited >= self._patience):
                    raise
                delay = self._backoff.next() if error.retry_in is None else error.retry_in
                self._listener.on_lost(str(error), delay)
                await asyncio.sleep(delay)

    async def _attend(self):
        """One connection, until it raises LinkError."""
        link = self._link = await self._open(self._url, self._tokens.next())
        welcome = await link.receive()
        self._listener.on_frame(welcome)
        greeting = asyncio.create_task(self._greet(welcome))
        # Then `receive` ends, too.
        greeting.add_done_callback(lambda _: self._ready or link.abort())
        try:
            while True:
                self._take(await link.receive())
        finally:
            if not greeting.cancel() and not greeting.cancelled() and greeting.exception():
                raise greeting.exception()

    async def _greet(self, welcome):
        """What is to be done at the begin of a connection."""
        resumed = False
        if self.session is not None:
            with contextlib.suppress(Refused):
                await self._ask({"type": "resume", "session": self.session, "token": self._token})
                resumed = True
        if not resumed:
            self._former = self.session
            self.session, self._token = welcome["session"], welcome["token"]
        self.limits = welcome["limits"]
        self._listener.on_connected(resumed)
        while not self._ready:
            if absent := [room for room in self.rooms.values() if not room.asked]:
                for room in absent:
                    await self._enter(room)
            elif not all(room.caught_up for room in self.rooms.values()):
                self._moved.clear()
                await self._moved.wait()
            elif unsent := self._requests.unsent:
                for request in unsent:
                    request.sent = True
                    await self._link.send(request.frame)
            else:
                self._former = None
                self._ready = True
                self._ready_event.set()
        self._backoff.reset()

    async def _enter(self, room):
        room.asked = True
        try:
            await self._ask(room.join_request(self.name))
        except Refused as refused:
            self.rooms.pop(room.name, None)
            self._listener.on_error(refused.frame)
        except NotConnected:
            # The next connection joins it.
            pass

    async def _renew(self):
        """If nothing comes of it, the connection ends with the token, and the next one shows another."""
        try:
            await self._ask({"type": "renew", "token": self._tokens.next()})
        except Refused as refused:
            self._listener.on_error(refused.frame)
        except (LinkError, NotConnected):
            pass

    async def _ask(self, frame, again=False):
        """Sends a request: at once, or, if it is one to be sent `again`, when that is possible."""
        with self._requests.begin(frame, again) as request:
            if self._ready or not again:
                request.sent = True
                # `receive` tells of the loss, too.
                with contextlib.suppress(LinkError):
                    await self._link.send(request.frame)
            answer = await request.answer
        if answer["type"] == "error":
            raise Refused(answer)
        return answer

    def _forget_connection(self):
        self._link = None
        self._ready = False
        self._ready_event.clear()
        for room in self.rooms.values():
            room.asked = False
        self._requests.lose_connection()

    def _take(self, frame):
        self._listener.on_frame(frame)
        kind = frame.get("type")
        room = self.rooms.get(frame.get("room"))
        if kind == "joined" and room is not None:
            self._joined(room, frame)
        elif kind in EVENTS and room is not None:
            self._event(room, frame)
        elif kind == "presence" and room is not None:
            if (change := room.change(frame, self.session)) is not None:
                self._listener.on_presence(room, *change)
        elif kind == "typing" and room is not None:
            self._listener.on_typing(room, frame["from"], 5 if frame["on"] else 0)
        elif kind == "direct":
            self._listener.on_direct(frame)
        elif kind == "token_expiring" and self._tokens.renewable:
            self._entering.append(asyncio.create_task(self._renew()))
        elif kind == "ack" and room is not None and "offset" in frame:
            room.acknowledged = max(room.acknowledged, frame["offset"])
        if not self._requests.take(frame) and kind == "error":
            self._listener.on_error(frame)

    def _joined(self, room, frame):
        before = room.offset
        how, shown = room.enter(frame)
        self._listener.on_joined(room, how, room.goal - before if how == "recovered" else None)
        for event in shown:
            self._listener.on_event(room, event, how == "lost")
        self._moved.set()

    def _event(self, room, event):
        if not room.advance(event):
            return
        if event["from"]["session"] == self._former and event["type"] == "message" and (
                event["offset"] > room.acknowledged):
            # Of the identity that is lost: its publish need not be sent again.
            self._requests.settle(event)
        self._listener.on_event(room, event, True)
        self._moved.set()
