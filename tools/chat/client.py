"""A client of fanfare.chat.v1 that survives its connections.

It knows no terminal. Everything happens on one event loop:

    client = ChatClient("ws://localhost:8080/chat", Listener(), name="Ada")
    client.join("lobby")
    running = asyncio.create_task(client.run())
    await client.publish("lobby", "hello")

After a loss it connects again, with growing delays; takes its identity up (`resume`); joins its
rooms where it was in them (`recover`); and sends again what was not acknowledged, which the server
knows by its id if it had come. If the identity was forgotten in the meantime, a message that comes
among what was missed is known by its author and text; what else is not acknowledged is sent again.
"""

import asyncio
import contextlib
import dataclasses
import itertools
import time

from tools.chat.backoff import Backoff
from tools.chat.link import LinkError, open_link
from tools.chat.room import Room

EVENTS = {"message", "edit", "delete", "reaction"}


class Refused(Exception):
    """The server's error; its message, `code`, and the `frame`."""

    def __init__(self, frame):
        super().__init__(frame["message"])
        self.code = frame["code"]
        self.frame = frame


class NotConnected(Exception):
    """There was no connection, or it was lost before the answer came."""


class Listener:
    """What a client tells. All of it is called on the client's loop, and does nothing here."""

    def on_frame(self, frame):
        """A frame came: every one, before anything else is told of it."""

    def on_connected(self, resumed):
        """Frames can be sent; `resumed` is whether the identity is that of the last connection."""

    def on_lost(self, why, retry_in):
        """The connection is lost, or the attempt failed; the next is made in so many seconds."""

    def on_joined(self, room, how, missed):
        """A room was joined: see Room.enter. `missed` events follow, or None knows how many."""

    def on_event(self, room, event, is_new):
        """An event of a room: each once, in order. Not `is_new`: of the history before us."""

    def on_presence(self, room, joined, left):
        """These names came and went; room.count is what is left."""

    def on_typing(self, room, member, seconds):
        """A member is typing for so many seconds more; 0 is not any more."""

    def on_direct(self, frame):
        """A direct message to us."""

    def on_error(self, error):
        """An error of the server that belongs to nothing we wait for, or ends our stay in a room."""


@dataclasses.dataclass
class Request:
    frame: dict
    answer: asyncio.Future
    # Whether it is sent again on the next connection, and whether it was sent on this one.
    again: bool
    sent: bool = False


class ChatClient:
    """`run` is the client's life; all else may be called before and during it."""

    # pylint: disable=too-many-instance-attributes

    def __init__(self, url, listener, *, name="guest", opener=open_link, backoff=None,
                 patience=None):
        """Without a connection for `patience` seconds, `run` raises LinkError; None is for ever."""
        self.name = name
        self.rooms = {}
        self.session = None
        self.limits = {"text_bytes": 16384}
        self._token = None
        self._url = url
        self._listener = listener
        self._open = opener
        self._backoff = backoff or Backoff()
        self._patience = patience
        self._ids = itertools.count(1)
        self._requests = {}
        self._link = None
        self._ready = False
        self._ready_event = asyncio.Event()
        self._closed = False
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
        return sum(request.again for request in self._requests.values())

    async def run(self):
        """Stays connected until `close`. The first connection must succeed, or LinkError is raised."""
        lost_at = time.monotonic()
        try:
            while not self._closed:
                try:
                    await self._attend()
                except LinkError as error:
                    if self._closed:
                        break
                    if self._ready:
                        lost_at = time.monotonic()
                    self._forget_connection()
                    waited = time.monotonic() - lost_at
                    if self.session is None or error.permanent or (
                            self._patience is not None and waited >= self._patience):
                        raise
                    delay = self._backoff.next()
                    self._listener.on_lost(str(error), delay)
                    await asyncio.sleep(delay)
        finally:
            self.cut()
            self._forget_connection()

    async def close(self):
        """Leaves: with a close frame if there is a connection."""
        self._closed = True
        if self._link is not None:
            await self._link.close()

    def cut(self):
        """Cuts the connection as a broken network does; `run` makes the next."""
        if self._link is not None:
            self._link.abort()

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
        while answers := [request.answer for request in self._requests.values() if request.again]:
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

    async def _attend(self):
        """One connection, until it raises LinkError."""
        link = self._link = await self._open(self._url)
        if self._closed:
            await link.close()
            return
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
            elif unsent := [request for request in self._requests.values() if not request.sent]:
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

    async def _ask(self, frame, again=False):
        """Sends a request: at once, or, if it is one to be sent `again`, when that is possible."""
        number = str(next(self._ids))
        request = Request({**frame, "id": number}, asyncio.get_running_loop().create_future(), again)
        self._requests[number] = request
        try:
            if self._ready or not again:
                request.sent = True
                try:
                    await self._link.send(request.frame)
                except LinkError:
                    # `receive` tells of the loss, too.
                    pass
            answer = await request.answer
        finally:
            del self._requests[number]
        if answer["type"] == "error":
            raise Refused(answer)
        return answer

    def _forget_connection(self):
        self._link = None
        self._ready = False
        self._ready_event.clear()
        for room in self.rooms.values():
            room.asked = False
        for request in self._requests.values():
            request.sent = False
            if not request.again and not request.answer.done():
                request.answer.set_exception(NotConnected("the connection was lost"))

    def _take(self, frame):
        self._listener.on_frame(frame)
        kind = frame.get("type")
        room = self.rooms.get(frame.get("room"))
        if kind == "joined" and room is not None:
            self._joined(room, frame)
        elif kind in EVENTS and room is not None:
            self._event(room, frame)
        elif kind == "presence" and room is not None:
            if (change := room.change(frame)) is not None:
                self._listener.on_presence(room, *change)
        elif kind == "typing" and room is not None:
            self._listener.on_typing(room, frame["from"], 5 if frame["on"] else 0)
        elif kind == "direct":
            self._listener.on_direct(frame)
        request = self._requests.get(frame.get("id"))
        if request is not None and not request.answer.done():
            request.answer.set_result(frame)
        elif kind == "error":
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
        if event["from"]["session"] == self._former:
            self._settle(event)
        self._listener.on_event(room, event, True)
        self._moved.set()

    def _settle(self, event):
        """Our own event under the identity that is lost: its publish need not be sent again."""
        for request in self._requests.values():
            frame = request.frame
            if request.again and not request.answer.done() and event["type"] == "message" and (
                    frame["room"], frame.get("text", ""), frame.get("data")) == (
                    event["room"], event["text"], event.get("data")):
                request.sent = True
                request.answer.set_result({"type": "ack", "id": frame["id"], "room": event["room"],
                                           "offset": event["offset"]})
                return
