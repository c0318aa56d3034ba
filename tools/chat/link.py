"""One WebSocket that speaks fanfare.chat.v1: frames in, frames out, and its end in one line."""

import asyncio
import errno
import json
import re
import ssl

import websockets

PROTOCOL = "fanfare.chat.v1"
OPEN_SECONDS = 10
CLOSE_SECONDS = 2
# A plain client's message may be as long as limits.message_bytes, and its JSON several times that.
MAX_BYTES = 16 * 1024 * 1024

# The identity goes on with another connection.
RESUMED = 4001
# In the reason of a server that restarts. It does not decide that we never come back.
RETRY_IN = re.compile(r"\bretry in (\d{1,9}) ms\b")
MOST_RETRY_SECONDS = 300

# Statuses that say "later", not "never".
TRANSIENT = {408, 425, 429}


class LinkError(Exception):
    """There is no link, or there is none any more; the message is one line for people.

    `permanent`: trying again would not help. `retry_in`: the seconds to wait, if the server said.
    """

    def __init__(self, message, permanent=False, retry_in=None):
        super().__init__(message)
        self.permanent = permanent
        self.retry_in = retry_in


class Link:
    """Open from `open_link` until `receive` or `send` raises LinkError."""

    def __init__(self, socket):
        self._socket = socket

    async def send(self, frame):
        try:
            await self._socket.send(json.dumps(frame, ensure_ascii=False))
        except (websockets.ConnectionClosed, OSError) as error:
            raise ended(error) from None

    async def receive(self):
        try:
            return json.loads(await self._socket.recv())
        except (websockets.ConnectionClosed, OSError) as error:
            raise ended(error) from None
        except ValueError:
            raise LinkError("the server sent what is not JSON", permanent=True) from None

    async def close(self, code=1000):
        """Leaves, and the server tells the others at once; with other codes, it waits for us."""
        closing = asyncio.create_task(self._socket.close(code))
        # No wait_for: what it cancels goes through several timeouts nevertheless.
        await asyncio.wait([closing], timeout=CLOSE_SECONDS)
        self.abort()
        await closing

    def abort(self):
        """Cuts it: nothing is sent any more, not even that it ends."""
        self._socket.transport.abort()


async def open_link(url, token=None, trust=None):
    """`token`: shown to a server that asks for one. `trust`: the SSLContext for `wss://`, where the
    system's authorities are not enough."""
    shown = [] if token is None else [f"bearer.{token}"]
    secure = {"ssl": trust} if trust is not None and url.startswith("wss:") else {}
    try:
        socket = await websockets.connect(
            url, subprotocols=[*shown, PROTOCOL], open_timeout=OPEN_SECONDS,
            close_timeout=CLOSE_SECONDS, max_size=MAX_BYTES, **secure)
    except websockets.InvalidStatusCode as error:
        status = error.status_code
        words = {401: "it asks for a token" if token is None else "it does not take this token",
                 404: "there is no chat", 429: "too many connections, or too soon"}
        what = words.get(status, f"the server answered {status}")
        raise LinkError(f"{url}: {what}", 400 <= status < 500 and status not in TRANSIENT) from None
    except websockets.InvalidHandshake as error:
        if isinstance(error.__cause__, (EOFError, OSError)):
            raise LinkError(f"{url}: the connection ended before it began") from None
        raise LinkError(f"{url}: what answers there is no WebSocket server", True) from None
    except (asyncio.TimeoutError, TimeoutError):
        raise LinkError(f"{url}: no answer within {OPEN_SECONDS} s") from None
    except ssl.SSLError as error:
        raise LinkError(f"{url}: TLS failed: {error.reason or error}", True) from None
    except OSError as error:
        raise LinkError(f"{url}: {reason(error)}") from None
    except (EOFError, websockets.ConnectionClosed):
        raise LinkError(f"{url}: the connection ended before it began") from None
    if socket.subprotocol != PROTOCOL:
        await socket.close()
        raise LinkError(f"{url}: the server does not speak {PROTOCOL}", True)
    return Link(socket)


def ended(error):
    """The LinkError of an open link's end."""
    if isinstance(error, websockets.ConnectionClosed) and error.rcvd is not None:
        if error.rcvd.code == RESUMED:
            return LinkError("another connection goes on with this identity", permanent=True)
        if match := RETRY_IN.search(error.rcvd.reason):
            return LinkError(reason(error), retry_in=min(int(match[1]) / 1000, MOST_RETRY_SECONDS))
    return LinkError(reason(error))


def reason(error):
    """Why a connection failed or ended, in a few words."""
    if isinstance(error, websockets.ConnectionClosed):
        if error.rcvd is None:
            return "the connection was lost"
        why = f" ({error.rcvd.reason})" if error.rcvd.reason else ""
        return f"the server closed the connection with {error.rcvd.code}{why}"
    # asyncio puts the failures of several addresses into one message.
    if isinstance(error, ConnectionRefusedError) or f"[Errno {errno.ECONNREFUSED}]" in str(error):
        return "nobody listens there"
    return error.strerror or str(error)
