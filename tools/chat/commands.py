"""What a typed line means."""

import re

HELP = {
    "help": "/help                   this",
    "who": "/who                    who is in the room",
    "msg": "/msg NAME TEXT          says it to one person; \"NAME\" if it has spaces, @ID as /who shows it",
    "edit": "/edit [#N] TEXT         replaces message N, or your last one",
    "delete": "/delete [#N]            deletes message N, or your last one",
    "react": "/react [#N] KEY         reacts to message N, or the last one: /react #58 👍",
    "unreact": "/unreact [#N] KEY       takes it back",
    "history": "/history [COUNT]        older messages than those on the screen",
    "join": "/join ROOM              enters a room, or turns to one that you are in",
    "leave": "/leave                  leaves this room",
    "quit": "/quit                   ends; so does Ctrl-D",
}
LITERAL = "//TEXT                  says a text that begins with /"

TARGET = re.compile(r"#(\d+)(?:\s+|$)")
ADDRESSEE = re.compile(r'(?:"([^"]+)"|(\S+))\s+(.*)', re.DOTALL)


class CommandError(ValueError):
    """A line that means nothing; the message says what would."""


def parse(line):
    """Returns a command's name and its arguments, as keywords. What is no command is `say`."""
    if not line.startswith("/") or line.startswith("//"):
        return "say", {"text": line[1:] if line.startswith("/") else line}
    name, _, rest = line[1:].partition(" ")
    if name not in HELP:
        raise CommandError(f"there is no /{name}; /help shows what there is")
    try:
        return name, ARGUMENTS.get(name, nothing)(rest.strip())
    except CommandError:
        raise CommandError("expected " + re.sub(" {2,}", ": ", HELP[name])) from None


def nothing(rest):
    if rest:
        raise CommandError
    return {}


def something(rest):
    if not rest:
        raise CommandError
    return rest


def target_and_rest(rest):
    match = TARGET.match(rest)
    if match is None:
        return None, rest
    return int(match[1]), rest[match.end():]


def edit(rest):
    target, text = target_and_rest(rest)
    return {"target": target, "text": something(text)}


def delete(rest):
    target, rest = target_and_rest(rest)
    return {"target": target} | nothing(rest)


def react(rest):
    target, key = target_and_rest(rest)
    return {"target": target, "key": something(key)}


def msg(rest):
    match = ADDRESSEE.fullmatch(rest)
    if match is None:
        raise CommandError
    quoted, word, text = match.groups()
    return {"name": quoted or word, "text": text}


def history(rest):
    if rest and not (rest.isascii() and rest.isdigit() and 0 < int(rest) <= 100):
        raise CommandError
    return {"count": int(rest or 20)}


def join(rest):
    return {"room": something(rest)}


ARGUMENTS = {"edit": edit, "delete": delete, "react": react, "unreact": react, "msg": msg,
             "history": history, "join": join}
