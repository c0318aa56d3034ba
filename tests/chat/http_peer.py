"""Clients of chat over HTTP: requests, and readers of event streams (WHATWG HTML, section 9.2)."""

import asyncio
import contextlib
import http.client
import json
import socket
import struct
import typing

from tests.process.client import within
from tests.process.server import DEADLINE_SECONDS


class Answer(typing.NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    # As JSON.
    body: object


def request(server, method, path, body=None, headers=None):
    """Asks and waits. A body that is neither text nor bytes is sent as JSON."""
    headers = dict(headers or {})
    if body is not None and not isinstance(body, (str, bytes)):
        body = json.dumps(body)
        headers.setdefault("Content-Type", "application/json")
    host, _, port = server.addresses[0].rpartition(":")
    client = http.client.HTTPConnection(host.strip("[]"), int(port), timeout=DEADLINE_SECONDS)
    with contextlib.closing(client):
        client.request(method, path, body, headers)
        response = client.getresponse()
        content = response.read()
        assert response.headers["Content-Type"] == "application/json", response.headers
        return Answer(response.status, response.headers, json.loads(content or b"null"))


async def ask(server, method, path, body=None, headers=None):
    """The same, while the other clients of this event loop go on."""
    return await asyncio.to_thread(request, server, method, path, body, headers)


async def post(server, text, room="lobby", **headers):
    """Publishes a message; returns the answer's body."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = await ask(server, "POST", f"/api/rooms/{room}/messages", {"text": text}, headers)
    assert answer.status in (200, 201), answer
    return answer.body


class Stream:
    """A reader of an event stream; `last_id` is what it comes back with."""

    def __init__(self, reader, writer):
        self._reader = reader
        self._writer = writer
        self.last_id = ""
        self.retry = None
        self.headers = {}

    async def open(self, path, headers):
        lines = [f"GET {path} HTTP/1.1", "Host: localhost", "Accept: text/event-stream",
                 *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        self._writer.write("\r\n".join(lines).encode())
        head = await within(self._reader.readuntil(b"\r\n\r\n"), "the head of a stream")
        status, *fields = head.decode().rstrip().split("\r\n")
        self.headers = dict(field.lower().split(": ", 1) for field in fields)
        assert status == "HTTP/1.1 200 OK", head
        assert self.headers["content-type"] == "text/event-stream", head

    async def _block(self):
        """The data of what an empty line ends; None at the stream's end."""
        data, last_id = [], self.last_id
        while True:
            line = await within(self._reader.readline(), "a line of a stream")
            if line == b"\n":
                self.last_id = last_id
                return "\n".join(data)
            # What was cut off is nothing.
            if not line.endswith(b"\n"):
                return None
            assert b"\r" not in line, line
            field, _, value = line.decode().rstrip("\n").partition(":")
            value = value.removeprefix(" ")
            if field == "id":
                last_id = value
            elif field == "data":
                data.append(value)
            elif field == "retry":
                self.retry = int(value)
            else:
                assert field == "", line

    async def event(self):
        """The data of the next event, as JSON; None at the stream's end."""
        while (data := await self._block()) == "":
            pass
        return data and json.loads(data)

    async def place(self):
        """Waits for the id that a new reader is sent before any event."""
        while not self.last_id:
            assert await self._block() == ""
        return self.last_id

    async def events(self, count):
        return [await self.event() for _ in range(count)]

    def cut(self):
        """Ends the connection as a crash does: what is under way is lost."""
        raw = self._writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()


@contextlib.asynccontextmanager
async def stream(server, room="lobby", query="", last_id=None, read_ahead=1 << 22, **headers):
    """A connected reader of a room; a line must fit into what it reads ahead."""
    host, _, port = server.addresses[0].rpartition(":")
    raw = socket.create_connection((host, int(port)), DEADLINE_SECONDS)
    if read_ahead < 1 << 20:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, read_ahead)
    raw.setblocking(False)
    reader, writer = await asyncio.open_connection(sock=raw, limit=read_ahead)
    self = Stream(reader, writer)
    if last_id is not None:
        headers["Last-Event-ID"] = last_id
    try:
        await self.open(f"/chat/{room}/events{query}", headers)
        yield self
    finally:
        writer.transport.abort()
