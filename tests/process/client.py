"""Debian's python3-websockets, as the tests use it."""

import asyncio
import sys

from tests.process.server import DEADLINE_SECONDS

try:
    import websockets
except ImportError:
    # Not skipped: nobody would notice that nothing is tested any more.
    sys.exit("the tests need a client that is not ours: apt-get install python3-websockets")

# The largest message of a test, and room for what is around it.
MAX_BYTES = 4 * 1024 * 1024


def connect(url, **options):
    """A client that offers no compression, sends no pings by itself and takes large messages."""
    settings = {
        "compression": None,
        "ping_interval": None,
        "max_size": MAX_BYTES,
        "max_queue": None,
        "open_timeout": DEADLINE_SECONDS,
        "close_timeout": DEADLINE_SECONDS,
    }
    return websockets.connect(url, **(settings | options))


async def within(awaitable, what="it"):
    """Awaits something that must happen before the deadline."""
    try:
        return await asyncio.wait_for(awaitable, DEADLINE_SECONDS)
    except asyncio.TimeoutError:
        raise AssertionError(f"{what} did not happen within {DEADLINE_SECONDS} s") from None


async def receive(client):
    return await within(client.recv(), "a message")


async def receive_many(client, count):
    return [await receive(client) for _ in range(count)]


async def wait_log(server, pattern, count=1):
    """Server.wait_log, while the clients of this event loop go on."""
    return await asyncio.to_thread(server.wait_log, pattern, count)


async def closed(client):
    """Waits for the connection's end; returns the code and reason that the server closed with."""
    await within(client.wait_closed(), "the end of the connection")
    return client.close_code, client.close_reason


def endpoint(client):
    """The client's own address, as the server's log has it."""
    host, port = client.local_address[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
