"""A server that is played by the test: links whose frames are given and taken by hand."""

import asyncio

from tools.chat.backoff import Backoff
from tools.chat.client import ChatClient
from tools.chat.link import LinkError
from tools.chat.listener import Listener

DEADLINE_SECONDS = 10
TIME = "2026-11-24T09:30:00.000Z"


async def within(awaitable):
    return await asyncio.wait_for(awaitable, DEADLINE_SECONDS)


async def settle():
    """Lets everything happen that needs nothing from outside."""
    for _ in range(50):
        await asyncio.sleep(0)


class FakeLink:
    """The client's end has the methods of Link; the others are the test's."""

    def __init__(self):
        self._to_client = asyncio.Queue()
        self._to_server = asyncio.Queue()
        self._end = None
        self.closed = False

    async def send(self, frame):
        if self._end is not None:
            raise self._end
        self._to_server.put_nowait(frame)

    async def receive(self):
        frame = await self._to_client.get()
        if isinstance(frame, LinkError):
            raise frame
        return frame

    async def close(self):
        self.closed = True
        self.lose("closed")

    def abort(self):
        self.lose("aborted")

    def lose(self, why="the connection was lost", **options):
        self._end = LinkError(why, **options)
        self._to_client.put_nowait(self._end)

    def give(self, **frame):
        self._to_client.put_nowait(frame)

    async def take(self, kind):
        """The next frame that the client sends, which must be of this type."""
        frame = await within(self._to_server.get())
        assert frame["type"] == kind, (kind, frame)
        return frame

    async def nothing(self):
        await settle()
        assert self._to_server.empty(), self._to_server.get_nowait()


class Recorder(Listener):
    """All that a client tells, but for its frames."""

    def __init__(self):
        self.told = []

    def on_connected(self, resumed):
        self.told.append(("connected", resumed))

    def on_lost(self, why, retry_in):
        self.told.append(("lost", why))

    def on_joined(self, room, how, missed):
        self.told.append(("joined", room.name, how, missed))

    def on_event(self, room, event, is_new):
        self.told.append(("event", event["offset"], is_new))

    def on_presence(self, room, joined, left):
        self.told.append(("presence", joined, left, room.count))

    def on_error(self, error):
        self.told.append(("error", error["code"]))


class Stage:
    """A client and the links that it opens. `refuse` is a queue of failures of the next attempts."""

    def __init__(self, listener=None, **options):
        self.links = asyncio.Queue()
        self.refuse = []
        # The tokens of the attempts.
        self.shown = []
        self.listener = listener or Recorder()
        backoff = Backoff(first=0.001, most=0.001)
        self.client = ChatClient("ws://server/chat", self.listener, opener=self._open,
                                 **({"backoff": backoff} | options))

    async def __aenter__(self):
        self.running = asyncio.create_task(self.client.run())
        return self

    async def __aexit__(self, *_):
        self.running.cancel()
        await asyncio.wait([self.running])

    async def _open(self, url, token):
        assert url == "ws://server/chat"
        self.shown.append(token)
        if self.refuse:
            raise self.refuse.pop(0)
        link = FakeLink()
        self.links.put_nowait(link)
        return link

    async def link(self, session="s1"):
        """The client's next link, after its welcome."""
        link = await within(self.links.get())
        link.give(type="welcome", session=session, token="t-" + session, grace_ms=5000,
                  limits={"text_bytes": 100, "data_bytes": 100, "rooms": 16, "history": 100})
        return link

    async def resumed_link(self, session="s1"):
        link = await self.link("other")
        request = await link.take("resume")
        assert (request["session"], request["token"]) == (session, "t-" + session), request
        link.give(type="ack", id=request["id"], session=session)
        return link


def joined(request, offset=0, recovered=False, history=(), epoch="e1", more=None):
    return {"type": "joined", "id": request["id"], "room": request["room"], "epoch": epoch,
            "offset": offset, "first": 1, "count": 1, "recovered": recovered,
            "history": list(history), "presence": {"version": 1, "next": more, "members": [
                {"session": "s1", "name": "Ada"}]}}


def message(offset, text="hello", session="s2", **more):
    return {"type": "message", "room": "lobby", "offset": offset, "time": TIME,
            "from": {"session": session, "name": "Grace"}, "text": text, **more}
