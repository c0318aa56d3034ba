"""The requests of a client that are not answered yet, whatever becomes of their connections."""

import asyncio
import contextlib
import dataclasses
import itertools

from tools.chat.listener import NotConnected


@dataclasses.dataclass
class Request:
    frame: dict
    answer: asyncio.Future
    # Whether it is sent again on the next connection, and whether it was sent on this one.
    again: bool
    sent: bool = False


class Requests:
    def __init__(self):
        self._ids = itertools.count(1)
        self._open = {}

    @property
    def unacknowledged(self):
        """Those that are sent until they are answered."""
        return [request for request in self._open.values() if request.again]

    @property
    def unsent(self):
        return [request for request in self._open.values() if not request.sent]

    @contextlib.contextmanager
    def begin(self, frame, again):
        """A request with a new id, for as long as somebody waits for its answer."""
        number = str(next(self._ids))
        request = Request({**frame, "id": number}, asyncio.get_running_loop().create_future(), again)
        self._open[number] = request
        try:
            yield request
        finally:
            del self._open[number]

    def take(self, frame):
        """Whether the frame is the answer to one of them."""
        request = self._open.get(frame.get("id"))
        if request is None or request.answer.done():
            return False
        request.answer.set_result(frame)
        return True

    def settle(self, event):
        """A message of ours that came though nobody acknowledged it: the oldest that it can be."""
        for request in self.unacknowledged:
            frame = request.frame
            if not request.answer.done() and (
                    frame["room"], frame.get("text", ""), frame.get("data")) == (
                    event["room"], event["text"], event.get("data")):
                request.sent = True
                request.answer.set_result({"type": "ack", "id": frame["id"], "room": event["room"],
                                           "offset": event["offset"]})
                return

    def lose_connection(self):
        for request in self._open.values():
            request.sent = False
            if not request.again and not request.answer.done():
                request.answer.set_exception(NotConnected("the connection was lost"))
