#!/usr/bin/env python3
"""Writes the C++ source of files.h: the files given, with what HTTP says about them.

    embed.py ROOT OUTPUT FILE...

Each file has the path from the folder ROOT that it has itself. Every path, type and tag is made here, so that
serving them is a look-up.
"""

import hashlib
import os
import sys

# A file of another kind is an error: a type that is guessed is how text becomes a script.
CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}

LINE_BYTES = 80


def literal(data):
    """A C++ string literal of these bytes, in lines."""
    if not data:
        return '""'
    lines = []
    for start in range(0, len(data), LINE_BYTES):
        # Always three octal digits: what follows can not be taken for a part of them.
        lines.append("".join(chr(byte) if 32 <= byte < 127 and chr(byte) not in '"\\?' else f"\\{byte:03o}"
                             for byte in data[start:start + LINE_BYTES]))
    return "\n".join(f'        "{line}"' for line in lines)


def entry(root, name):
    with open(name, "rb") as file:
        body = file.read()
    content_type = CONTENT_TYPES[os.path.splitext(name)[1]]
    tag = hashlib.sha256(body).hexdigest()[:32]
    return (f'    {{"{os.path.relpath(name, root)}", "{content_type}", "\\"{tag}\\"",\n'
            f"     std::string_view(\n{literal(body)},\n        {len(body)})}},\n")


def main():
    root, output, *names = sys.argv[1:]
    names.sort(key=lambda name: os.path.relpath(name, root))
    with open(output, "w", encoding="ascii") as source:
        source.write('#include "routes/web/files.h"\n\nnamespace fanfare {\nnamespace {\n\n'
                     "constexpr File kFiles[] = {\n")
        source.writelines(entry(root, name) for name in names)
        source.write("};\n\n}  // namespace\n\n"
                     "std::span<const File> Files() { return kFiles; }\n\n}  // namespace fanfare\n")


if __name__ == "__main__":
    main()
