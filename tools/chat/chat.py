#!/usr/bin/python3
"""A chat client for the terminal and for pipes: `bazel run //tools:chat -- ws://localhost:8080/chat`.

tools/chat/README.md tells what it does.
"""

import argparse
import asyncio
import os
import pathlib
import sys

# Run from the sources or by Bazel, the packages begin at the root; and nothing is written there.
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
try:
    import websockets  # pylint: disable=unused-import
except ImportError:
    sys.exit("chat: there are no WebSockets here: apt-get install python3-websockets")

from tools.chat import address, pipe
from tools.chat.link import LinkError
from tools.chat.listener import Refused
from tools.chat.tokens import Tokens

NOT_SAID, USAGE, NO_CONNECTION, INTERRUPTED, NO_READER = 1, 2, 3, 130, 141

EPILOG = """exit codes:
  0    all that was to be said is said and acknowledged
  1    a line was refused or, at the end, not acknowledged; or the room was refused
  2    called wrongly
  3    no connection, at first or for too long
  130  interrupted
  141  nobody reads the output any more"""


def count(most):
    def parse(text):
        number = int(text)
        if not 0 <= number <= most:
            raise ValueError
        return number
    parse.__name__ = f"number from 0 to {most}"
    return parse


def arguments():
    parser = argparse.ArgumentParser(
        prog="chat", description="Chats in a room of a Fanfare server.", epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", metavar="URL", help="the room: " + address.EXAMPLE)
    parser.add_argument("--name", default="guest", help="what the others see (guest)")
    token = parser.add_mutually_exclusive_group()
    token.add_argument("--token", help="shown to a server that asks for one; others on this "
                                       "machine may see what a program was called with")
    token.add_argument("--token_file", metavar="FILE",
                       help="the same from a file, which is read again when it is needed")
    parser.add_argument("--room", help="the room; URL is then the route's, as it is")
    parser.add_argument("--ca", metavar="FILE", help="for wss://: certificates to trust, in PEM, "
                        "instead of the system's")
    parser.add_argument("--history", type=count(100), metavar="N",
                        help="how many of the newest events to show (20; 0 in a pipe)")
    parser.add_argument("--json", action="store_true",
                        help="print each frame of the server as a line of JSON; no terminal")
    parser.add_argument("--follow", action="store_true",
                        help="in a pipe: go on after the end of the input")
    parser.add_argument("--patience", type=count(10**6), metavar="SECONDS",
                        help="how long to try to come back (for ever; 60 in a pipe)")
    return parser.parse_args()


def chat(options):
    """Returns the exit code."""
    place = address.parse(options.url, options.room, options.ca)
    name = options.name.encode("utf-8", "replace").decode()
    tokens = Tokens(options.token, options.token_file)
    if options.json or options.follow or not (sys.stdin.isatty() and sys.stdout.isatty()):
        patience = 60 if options.patience is None else options.patience
        accepted = asyncio.run(pipe.run(place, name, tokens, options.history or 0, patience,
                                        options.json, options.follow))
        return 0 if accepted else NOT_SAID
    try:
        from tools.chat import terminal  # pylint: disable=import-outside-toplevel
    except ImportError:
        print("chat: there is no input line here: apt-get install python3-prompt-toolkit",
              file=sys.stderr)
        return USAGE
    history = 20 if options.history is None else options.history
    acknowledged = asyncio.run(terminal.run(place, name, tokens, history,
                                              options.patience))
    return 0 if acknowledged else NOT_SAID


def main():
    # What can not be shown is not worth an end.
    sys.stdout.reconfigure(errors="replace")
    try:
        return chat(arguments())
    except address.BadAddress as error:
        code, words = USAGE, str(error)
    except LinkError as error:
        code, words = NO_CONNECTION, str(error)
    except Refused as error:
        code, words = NOT_SAID, str(error)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Nor is anything to be written at the interpreter's end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NO_READER
    print("chat: " + words, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
