"""Where a chat is: the URL that a person gives, and what is in it."""

import dataclasses
import ssl
import urllib.parse

EXAMPLE = "ws://localhost:8080/chat/lobby"


class BadAddress(ValueError):
    """The message says what was expected, in one line."""


@dataclasses.dataclass(frozen=True)
class Address:
    # Of the route, without a room: a session that is to be resumed may not have joined one.
    url: str
    room: str
    # For `wss:`; None: the system's authorities.
    trust: ssl.SSLContext | None = None

    @property
    def host(self):
        return urllib.parse.urlsplit(self.url).netloc


def parse(text, room=None, authority=None):
    """`ws://host/chat/lobby` is the room `lobby` of `ws://host/chat`, and `ws://host/chat` is so, too.

    With a `room`, the URL is the route's as it is. `authority`: a file of certificates to trust.
    """
    try:
        parts = urllib.parse.urlsplit(text)
        # Raises for what is no port.
        parts.port  # pylint: disable=pointless-statement
    except ValueError as error:
        raise BadAddress(f'"{text}": {error}; expected a URL such as {EXAMPLE}') from None
    if parts.scheme not in ("ws", "wss") or not parts.hostname:
        raise BadAddress(f'"{text}": expected a URL such as {EXAMPLE}')
    folders = [part for part in parts.path.split("/") if part] or ["chat"]
    if room is None:
        room = urllib.parse.unquote(folders.pop()) if len(folders) > 1 else "lobby"
    return Address(f"{parts.scheme}://{parts.netloc}/{'/'.join(folders)}", room, trust_in(authority))


def trust_in(authority):
    if authority is None:
        return None
    try:
        return ssl.create_default_context(cafile=authority)
    except OSError as error:
        raise BadAddress(f"{authority}: {error.strerror or 'expected certificates in PEM'}") from None
