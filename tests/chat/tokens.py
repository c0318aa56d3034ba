"""Tokens by PyJWT, and servers that ask for them."""

import contextlib
import os
import sys
import tempfile
import time

from tests.chat.peer import chat_server

try:
    import jwt
except ImportError:
    # Not skipped: nobody would notice that nothing is tested any more.
    sys.exit("the tests need tokens that are not ours: apt-get install python3-jwt")

SECRET = "a secret that is long enough: 32"


def token(user="ada", life=1000, key=SECRET, algorithm="HS256", headers=None, **claims):
    """A token of a user that holds for so many seconds."""
    claims = {"sub": user, "exp": time.time() + life} | claims
    return jwt.encode(claims, key, algorithm, headers=headers)


def bearer(text):
    return {"Authorization": f"Bearer {text}"}


@contextlib.contextmanager
def key_file(content):
    """A file that only its user may read."""
    with tempfile.NamedTemporaryFile("w", suffix=".key", encoding="utf-8") as file:
        os.chmod(file.name, 0o600)
        file.write(content)
        file.flush()
        yield file.name


@contextlib.contextmanager
def guarded_server(*flags, settings=None, limits=None, **options):
    """A server whose chat asks for tokens that are signed with SECRET."""
    with key_file(SECRET) as name:
        jwt_settings = {"algorithm": "HS256", "key_file": name} | (settings or {})
        # Time is looked at often.
        limits = {"handshake_seconds": 2} | (limits or {})
        with chat_server(*flags, limits=limits, auth={"jwt": jwt_settings}, **options) as server:
            yield server
