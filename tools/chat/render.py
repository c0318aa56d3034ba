"""What is shown of frames: lines of (style, text), as prompt_toolkit takes them.

All that comes from others goes through `text`.
"""

import datetime
import json
import zlib

from tools.chat import text

# The terminal's own colours, so that they fit its background; red is for errors.
COLOURS = ["ansigreen", "ansiyellow", "ansiblue", "ansimagenta", "ansicyan", "ansibrightgreen",
           "ansibrightyellow", "ansibrightblue", "ansibrightmagenta", "ansibrightcyan"]
QUIET = "ansibrightblack"
ERROR = "ansired"

MOST_NAMES = 8
MOST_DATA = 200


def colour(session):
    """The same for a session wherever it is seen."""
    return COLOURS[zlib.crc32(session.encode("utf-8", "replace")) % len(COLOURS)]


def author(member):
    return (f"bold {colour(member['session'])}", text.line(member["name"]))


def short_id(member):
    """What tells a member from others of the same name."""
    return "@" + text.line(member["session"][:6])


def clock(time):
    """An RFC 3339 time, as this machine's clock shows it."""
    moment = datetime.datetime.fromisoformat(time)
    return moment.astimezone().strftime("%H:%M:%S")


def plain(line):
    return "".join(part for _, part in line)


def quiet(words):
    return [(QUIET, text.line(words))]


def error(words):
    return [(ERROR, text.line(words))]


def event(frame, with_id=False):
    """The lines of a message, an edit, a deletion or a reaction; its author may need a short id."""
    kind = frame["type"]
    start = [(QUIET, f"{clock(frame['time'])} #{frame['offset']} "), author(frame["from"])]
    if with_id:
        start.append((QUIET, short_id(frame["from"])))
    target = f"#{frame.get('target')}"
    if frame.get("deleted"):
        what = "a message" if kind == "message" else f"an edit of {target}"
        return [[*start, (QUIET, f" said what is deleted: {what}")]]
    if kind == "delete":
        return [[*start, (QUIET, f" deleted {target}")]]
    if kind == "reaction":
        verb = "says" if frame["on"] else "takes back"
        return [[*start, (QUIET, f" {verb} "), ("", text.line(frame["key"])),
                 (QUIET, f" to {target}")]]
    if kind == "edit":
        start.append((QUIET, f" edited {target}"))
    return body(start, frame)


def direct(frame, with_id=False):
    name = short_id(frame["from"]) if with_id else ""
    return body([(QUIET, clock(frame["time"]) + " "), author(frame["from"]),
                 (QUIET, name + " to you alone")], frame)


def body(start, frame):
    """Text after its author; further lines are indented, so that none looks like another author's."""
    if "binary" in frame:
        return [[*start, (QUIET, f" sent {len(frame['binary']) * 3 // 4} bytes or a few less")]]
    first, *others = text.lines(frame.get("text", ""))
    shown = [[*start, (QUIET, ": "), ("", first)], *([("", "    " + line)] for line in others)]
    if "data" in frame:
        data = json.dumps(frame["data"], ensure_ascii=False)
        if len(data) > MOST_DATA:
            data = data[:MOST_DATA] + "…"
        shown[-1].append((QUIET, " " + text.line(data)))
    return shown


def listing(names):
    """`Ada, Grace and 12 others`."""
    names = list(names)
    shown = names[:MOST_NAMES]
    if len(names) > MOST_NAMES:
        return f"{', '.join(shown)} and {len(names) - MOST_NAMES} others"
    return ", ".join(shown)


def presence(joined, left, count):
    parts = [f"{listing(names)} {verb}" for names, verb in [(joined, "came"), (left, "left")]
             if names]
    return quiet(" · ".join([*parts, f"{count} here"]))


def typing(names):
    """For the toolbar: nothing, or who is typing."""
    names = [text.line(name) for name in names]
    if not names:
        return ""
    return f"{listing(names)} {'is' if len(names) == 1 else 'are'} typing…"
