"""Where the tokens come from that a server may ask for."""

import pathlib
import re

from tools.chat.link import LinkError

# Of a JSON Web Token; nothing else goes into a header.
TOKEN = re.compile(r"[A-Za-z0-9._-]+")


class Tokens:
    """One token, or a file that has one: whoever writes another into it renews it."""

    def __init__(self, token=None, file=None):
        self._token = token
        self._file = file

    @property
    def renewable(self):
        return self._file is not None

    def next(self):
        """The token to show; None for none. Raises LinkError if there should be one and is not."""
        if self._file is None and self._token is None:
            return None
        token = self._token
        if self._file is not None:
            try:
                token = pathlib.Path(self._file).read_text(encoding="ascii", errors="replace").strip()
            except OSError as error:
                raise LinkError(f"{self._file}: {error.strerror}", permanent=True) from None
        if not TOKEN.fullmatch(token):
            raise LinkError(f"{self._file or '--token'}: it has no token", permanent=True)
        return token
