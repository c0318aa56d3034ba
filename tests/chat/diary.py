"""All that clients of tools/chat come to know, while their connections are cut."""

import asyncio
import contextlib

from tests.chat.proxy import HOW as HOW_OF_PROXY
from tests.chat.schema import problem
from tools.chat.backoff import Backoff
from tools.chat.client import ChatClient
from tools.chat.link import open_link
from tools.chat.listener import Listener

ROOM = "lobby"

# By the network; and by the client: it vanishes, or ends with a close frame that is no leave.
HOW = (*HOW_OF_PROXY, "abort", "close")


class Diary(Listener):
    """One client, which is running, and what it was told; every frame is checked."""

    def __init__(self, url):
        self.client = ChatClient(url, self, opener=self._open_link, backoff=Backoff(0.005, 0.1))
        self.client.join(ROOM)
        # (offset, session, text) of what was said.
        self.messages = []
        # How each join went, and how many messages there were then.
        self.joins = []
        self.resumed = []
        self.errors = []
        self.losses = 0
        # How many of our messages had come already when they were sent again.
        self.repeated = 0
        self.moved = asyncio.Event()
        self.link = None
        self._ending = None
        self.running = asyncio.create_task(self.client.run())

    async def _open_link(self, url, token):
        self.link = await open_link(url, token)
        return self.link

    def on_frame(self, frame):
        wrong = problem("server", frame)
        if wrong is not None:
            self.errors.append(wrong)
        self.repeated += frame.get("duplicate", False)

    def on_connected(self, resumed):
        self.resumed.append(resumed)

    def on_lost(self, why, retry_in):
        self.losses += 1
        self.moved.set()

    def on_joined(self, room, how, missed):
        self.joins.append((how, len(self.messages)))

    def on_event(self, room, event, is_new):
        self.messages.append((event["offset"], event["from"]["session"], event["text"]))
        self.moved.set()

    def on_error(self, error):
        self.errors.append(error)

    @property
    def room(self):
        return self.client.rooms[ROOM]

    async def reaches(self, offset):
        """Waits until it has what was said up to there."""
        await self._until(lambda: self.room.offset >= offset)

    async def is_lost(self):
        """Waits until it has no connection."""
        await self._until(lambda: not self.client.connected)

    async def reaches_or_is_lost(self, offset):
        await self._until(lambda: self.room.offset >= offset or not self.client.connected)

    async def _until(self, condition):
        while not condition():
            # It has ended only by a failure.
            if self.running.done():
                self.running.result()
            self.moved.clear()
            await self.moved.wait()

    async def say(self, text):
        """Returns the `ack`."""
        return await self.client.publish(ROOM, text)

    def abort(self):
        if self.link is not None:
            self.link.abort()

    def end(self):
        """Ends its connection with a close frame."""
        if self.link is not None:
            # Kept, as the loop holds tasks only weakly.
            self._ending = asyncio.create_task(self.link.close(1001))


async def all_ready(diaries):
    """Waits until all are connected and joined; a client that has failed is raised."""
    for diary in diaries:
        ready = asyncio.create_task(diary.client.ready())
        await asyncio.wait([ready, diary.running], return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if diary.running.done():
            diary.running.result()


@contextlib.asynccontextmanager
async def diaries(*urls):
    """A client for each URL, until the end of the `with`."""
    everybody = [Diary(url) for url in urls]
    try:
        yield everybody
    finally:
        for diary in everybody:
            diary.running.cancel()
        await asyncio.gather(*(diary.running for diary in everybody), return_exceptions=True)


def cut(chance, proxy, everybody):
    """Cuts some connection in some way, if there is one; returns the way."""
    how = chance.choice(HOW)
    if how == "abort":
        chance.choice(everybody).abort()
    elif how == "close":
        chance.choice(everybody).end()
    elif pairs := proxy.pairs():
        proxy.cut(chance.choice(pairs), how)
    else:
        return None
    return how
