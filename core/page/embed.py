#!/usr/bin/env python3
"""Writes the C++ source of a header like files.h: the files given, with what HTTP says about them.

    embed.py ROOT[:ROOT...] HEADER FUNCTION OUTPUT FILE...

Each file has the path that it has from the innermost folder ROOT that it is in. FUNCTION, which HEADER declares,
returns them. Every path, type and tag is made here, so that serving them is a look-up.
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


def short_path(roots, name):
    return min((os.path.relpath(name, root) for root in roots if name.startswith(root + "/")), key=len)


def entry(path, name):
    with open(name, "rb") as file:
        body = file.read()
    content_type = CONTENT_TYPES[os.path.splitext(name)[1]]
    tag = hashlib.sha256(body).hexdigest()[:32]
    return (f'    {{"{path}", "{content_type}", "\\"{tag}\\"",\n'
            f"     std::string_view(\n{literal(body)},\n        {len(body)})}},\n")


def main():
    roots, header, function, output, *names = sys.argv[1:]
    files = sorted((short_path(roots.split(":"), name), name) for name in names)
    with open(output, "w", encoding="ascii") as source:
        source.write(f'#include "{header}"\n\nnamespace fanfare {{\nnamespace {{\n\n'
                     "constexpr EmbeddedFile kFiles[] = {\n")
        source.writelines(entry(path, name) for path, name in files)
        source.write("};\n\n}  // namespace\n\n"
                     f"std::span<const EmbeddedFile> {function}() {{ return kFiles; }}\n\n"
                     "}  // namespace fanfare\n")


if __name__ == "__main__":
    main()
