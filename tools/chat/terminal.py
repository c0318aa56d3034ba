"""The chat in a terminal: an input line below, and above it what happens.

prompt_toolkit takes the input line away before anything is written above it and draws it again
after that, so nothing that comes destroys what is being typed.
"""

import asyncio
import contextlib
import functools
import os
import signal
import sys
import termios

from prompt_toolkit import PromptSession, print_formatted_text
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.patch_stdout import patch_stdout

from tools.chat import render
from tools.chat.client import ChatClient
from tools.chat.conversation import Conversation
from tools.chat.link import open_link

# How long the end waits for what was said last.
LAST_SECONDS = 3


class Terminal:
    def __init__(self):
        self._lines = []
        self._session = PromptSession(
            # What was said comes back as a message; seeing it twice would confuse.
            erase_when_done=True,
            # https://no-color.org
            color_depth=ColorDepth.DEPTH_1_BIT if os.environ.get("NO_COLOR") else None)
        # It would be for every line that is shown, and what is typed in that moment be seen twice.
        self._session.app.input.cooked_mode = contextlib.nullcontext

    def show(self, line):
        """All that comes in one turn of the loop is written at once: the input line blinks once."""
        if not self._lines:
            asyncio.get_running_loop().call_soon(self.flush)
        self._lines.append(line)

    def flush(self):
        if self._lines:
            text = [part for line in self._lines for part in [*line, ("", "\n")]]
            self._lines.clear()
            print_formatted_text(FormattedText(text), end="",
                                 color_depth=self._session.color_depth)

    def refresh(self):
        self._session.app.invalidate()

    def on_typed(self, call):
        self._session.default_buffer.on_text_changed += lambda buffer: call(buffer.text)

    async def read(self, prompt, status):
        """The next line; None at the end."""
        try:
            return await self._session.prompt_async(
                [("bold", prompt + "> ")], bottom_toolbar=lambda: [("", " " + status())])
        except KeyboardInterrupt:
            # Ctrl-C throws a line away, and ends at an empty one.
            return "" if self._session.default_buffer.text else None
        except EOFError:
            return None


async def run(address, name, tokens, history, patience):
    """Chats until the person leaves; returns whether all was acknowledged. Raises LinkError."""
    terminal = Terminal()
    conversation = Conversation(address.room, terminal.show, terminal.refresh, history)
    client = ChatClient(address.url, conversation, name=name, tokens=tokens, patience=patience,
                        opener=functools.partial(open_link, trust=address.trust))
    conversation.attach(client)
    running = asyncio.create_task(client.run())
    talking = asyncio.create_task(talk(terminal, conversation, render.text.line(name)))
    for number in [signal.SIGTERM, signal.SIGHUP]:
        asyncio.get_running_loop().add_signal_handler(number, talking.cancel)
    try:
        with no_echo(sys.stdin.fileno()):
            await asyncio.wait([running, talking], return_when=asyncio.FIRST_COMPLETED)
            # If the connection is gone for good, the line that is being typed goes with it.
            talking.cancel()
            await asyncio.wait([talking])
        if not running.done():
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(client.acknowledged(), LAST_SECONDS)
    finally:
        # Also at an interrupt, which cancels this.
        await client.close()
        await asyncio.wait([running])
    if unsaid := client.unacknowledged:
        terminal.show(render.error(f"{unsaid} not acknowledged, and perhaps not said"))
    terminal.flush()
    await running
    if not talking.cancelled():
        talking.result()
    return not unsaid


@contextlib.contextmanager
def no_echo(descriptor):
    """What is typed while there is no input line is not seen, and is in the next one."""
    before = termios.tcgetattr(descriptor)
    changed = termios.tcgetattr(descriptor)
    changed[3] &= ~(termios.ECHO | termios.ICANON)
    termios.tcsetattr(descriptor, termios.TCSANOW, changed)
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSANOW, before)


async def talk(terminal, conversation, name):
    # What can not be reached at first is an error, without an input line.
    await conversation.begun.wait()
    terminal.show(render.quiet("/help shows the commands"))
    terminal.on_typed(conversation.typed)
    with patch_stdout(raw=True):
        while not conversation.ended:
            line = await terminal.read(name, lambda: conversation.status)
            if line is None:
                break
            await conversation.execute(line)
