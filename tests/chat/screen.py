"""A program in a terminal of 80 columns and 24 lines, and what is on its screen.

It understands the sequences that prompt_toolkit writes for xterm, and no others: an escape sequence
that it does not know is a failure, so nothing comes through unnoticed.
"""

import asyncio
import fcntl
import os
import pty
import re
import signal
import struct
import termios

from tests.process.server import DEADLINE_SECONDS

COLUMNS, LINES = 80, 24
SEQUENCE = re.compile(r"\x1b\[(\?)?([\d;]*)([A-Za-z])")
# A sequence whose end has not come yet.
BEGUN = re.compile(r"\x1b(\[\??[\d;]*)?\Z")


class Screen:
    """What a terminal makes of what is written to it."""

    def __init__(self):
        self._cells = [[" "] * COLUMNS for _ in range(LINES)]
        # Lines that have left it at the top.
        self._gone = []
        self.row = self.column = 0
        # All that was written, for what must not have been.
        self.raw = ""
        self._rest = ""

    @property
    def lines(self):
        return ["".join(line).rstrip() for line in self._cells]

    @property
    def all_lines(self):
        return self._gone + self.lines

    def write(self, text):
        """Returns what the terminal answers."""
        self.raw += text
        text = self._rest + text
        answer = ""
        position = 0
        while position < len(text):
            match = SEQUENCE.match(text, position)
            if match is not None:
                answer += self._control(*match.groups())
                position = match.end()
                continue
            if text[position] == "\x1b":
                if BEGUN.match(text, position):
                    break
                raise AssertionError(f"unknown sequence: {text[position:position + 20]!r}")
            self._put(text[position])
            position += 1
        self._rest = text[position:]
        return answer

    def _put(self, char):
        if char == "\r":
            self.column = 0
        elif char == "\n":
            self._down()
        elif char == "\b":
            self.column = max(0, self.column - 1)
        else:
            assert char.isprintable(), f"a control character: {char!r}"
            if self.column == COLUMNS:
                self.column = 0
                self._down()
            self._cells[self.row][self.column] = char
            self.column += 1

    def _down(self):
        if self.row == LINES - 1:
            self._gone.append("".join(self._cells.pop(0)).rstrip())
            self._cells.append([" "] * COLUMNS)
        else:
            self.row += 1

    def _control(self, private, numbers, name):
        if private or name == "m":
            # Modes of keys and cursor, and colours.
            return ""
        first = int(numbers.partition(";")[0] or 0)
        count = max(1, first)
        if name == "n":
            return f"\x1b[{self.row + 1};{self.column + 1}R"
        if name in "ABCD":
            self.row += {"A": -count, "B": count}.get(name, 0)
            self.column += {"C": count, "D": -count}.get(name, 0)
            self.row = min(max(self.row, 0), LINES - 1)
            self.column = min(max(self.column, 0), COLUMNS - 1)
        elif name in "JK" and first == 0:
            self._cells[self.row][self.column:] = [" "] * (COLUMNS - self.column)
            if name == "J":
                for row in range(self.row + 1, LINES):
                    self._cells[row] = [" "] * COLUMNS
        else:
            raise AssertionError(f"unknown sequence: CSI {numbers}{name}")
        return ""


class Program:
    """A program whose terminal is a Screen; killed at the end of the `with`."""

    def __init__(self, *command):
        self._command = command
        self.screen = Screen()
        self._changed = asyncio.Event()
        self.code = None

    async def __aenter__(self):
        self._pid, self._descriptor = pty.fork()
        if self._pid == 0:
            os.environ.update(TERM="xterm", LC_ALL="C.UTF-8", TZ="UTC")
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
            os.execv(self._command[0], self._command)
        os.set_blocking(self._descriptor, False)
        self._pending = b""
        asyncio.get_running_loop().add_reader(self._descriptor, self._read)
        return self

    async def __aexit__(self, *_):
        if self.code is None:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
            asyncio.get_running_loop().remove_reader(self._descriptor)
        os.close(self._descriptor)

    def _read(self):
        try:
            data = os.read(self._descriptor, 65536)
        except OSError:
            # Linux's way to say that the other end is closed.
            data = b""
        if not data:
            asyncio.get_running_loop().remove_reader(self._descriptor)
            _, status = os.waitpid(self._pid, 0)
            self.code = os.waitstatus_to_exitcode(status)
        else:
            data = self._pending + data
            text = data.decode(errors="ignore")
            # A character may come in two parts.
            self._pending = data[len(text.encode()):]
            self.type(self.screen.write(text))
        self._changed.set()

    def type(self, text):
        if text:
            os.write(self._descriptor, text.encode())

    def signal(self, number):
        os.kill(self._pid, number)

    async def until(self, condition, what):
        """Waits for what the screen must show."""
        deadline = asyncio.get_running_loop().time() + DEADLINE_SECONDS
        while not condition():
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0 or self.code is not None:
                shown = "\n".join(self.screen.all_lines).rstrip()
                raise AssertionError(f"{what} is not on the screen (exit: {self.code}):\n{shown}")
            self._changed.clear()
            try:
                await asyncio.wait_for(self._changed.wait(), left)
            except asyncio.TimeoutError:
                pass

    async def shows(self, pattern):
        """Waits for a line with this pattern; returns its match."""
        found = None

        def condition():
            nonlocal found
            found = next(filter(None, (re.search(pattern, line)
                                       for line in self.screen.all_lines)), None)
            return found

        await self.until(condition, pattern)
        return found

    async def shows_input(self, text):
        """Waits until the cursor's line is this, and the cursor at its end."""
        def condition():
            screen = self.screen
            return screen.lines[screen.row] == text.rstrip() and screen.column == len(text)

        await self.until(condition, f"the input line {text!r}")

    async def ended(self):
        """The exit code."""
        await self.until(lambda: self.code is not None, "the end")
        return self.code
