"""A wall clock that a test sets: libfaketime's. The monotonic one goes on, as when a clock is set."""

import glob
import os
import sys

LIBRARY = "/usr/lib/*/faketime/libfaketimeMT.so.1"


def faketime():
    found = glob.glob(LIBRARY)
    if not found:
        # Not skipped: nobody would notice that nothing is tested any more.
        sys.exit("the clock is moved by a library: apt-get install faketime")
    return found[0]


class Clock:
    """The server's; `environment` is what makes it so."""

    def __init__(self, folder):
        self._file = os.path.join(folder, "offset")
        self.jump("+0")
        self.environment = {"LD_PRELOAD": faketime(), "FAKETIME_TIMESTAMP_FILE": self._file,
                            "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}

    def jump(self, offset):
        # At once, as the server may read it in between.
        with open(self._file + ".new", "w", encoding="ascii") as file:
            file.write(offset)
        os.rename(self._file + ".new", self._file)
