#!/usr/bin/python3
"""Fills in the manual page with what the server says of its flags and settings.

    manual.py TEMPLATE HELP CONFIG VERSION >PAGE

HELP is the output of --help, CONFIG that of --print_config, VERSION that of --version.
"""

import re
import sys

FLAG = re.compile(r"    --(\w+) \((.*?)\);\s+default: (.*?);$", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r" *// (.*)")
SETTING = re.compile(r' *"(\w+)": (.*?),?')


def roff(text):
    """Text as it is: no character of it means anything to roff."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace('"', "\\(dq")
    # A line that began with a dot would be a request.
    return re.sub(r"^\.", r"\\&.", escaped, flags=re.MULTILINE)


def flags(help_text):
    """(name, meaning, default) of each flag."""
    return [(name, " ".join(meaning.split()), default.strip('"'))
            for name, meaning, default in FLAG.findall(help_text)]


def settings(config_text):
    """(path, meaning, default) of each setting, in the order of the text; no default for an object.

    Those of a route begin with its name: chat.options.rooms.
    """
    found, path, meaning = [], [], None
    for line in config_text.splitlines():
        if comment := COMMENT.fullmatch(line):
            meaning = comment[1] if meaning is None else f"{meaning} {comment[1]}"
        elif setting := SETTING.fullmatch(line):
            name, value = setting.groups()
            if meaning is not None:
                default = None if value in ("{", "[") else value
                found.append((".".join([*path, name]), meaning, default))
            elif name == "route":
                # What is said of a route itself, such as its name, has no meaning beside it.
                path = [value.strip('"')]
            if value == "{":
                path.append(name)
            meaning = None
        elif line.strip() in ("}", "},") and path:
            path.pop()
    return found


def entry(head, meaning):
    return f".TP\n{head}\n{roff(meaning)}"


def flag_entry(name, meaning, default):
    head = f".B \\-\\-{roff(name)}"
    if default not in ("true", "false"):
        head = f".BI \\-\\-{roff(name)}= VALUE"
    return entry(head, f"{meaning} (default: {default})" if default else meaning)


def page(template, help_text, config_text, version):
    parts = {
        "version": version.split()[-1],
        "flags": "\n".join(
            flag_entry(*flag) for flag in flags(help_text)),
        "settings": "\n".join(
            entry(f".B {roff(path)}" if default is None else rf".BR {roff(path)} \ ({roff(default)})",
                  meaning)
            for path, meaning, default in settings(config_text)),
    }
    return re.sub(r"@(\w+)@", lambda match: parts[match[1]], template)


def main():
    texts = []
    for name in sys.argv[1:]:
        with open(name, encoding="utf-8") as file:
            texts.append(file.read())
    sys.stdout.write(page(*texts))


if __name__ == "__main__":
    main()
