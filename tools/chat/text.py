"""Other people's text, made harmless for a terminal.

A message must not move the cursor, set the window's title, answer in our name or turn around what
stands beside it. So each control character becomes a picture of itself, which changes nothing.
"""

# C0 and DEL have pictures in Unicode; what else is dangerous has none.
_PICTURES = {code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421}
_UNKNOWN = "\N{REPLACEMENT CHARACTER}"
_C1 = range(0x80, 0xA0)
# JSON can say them alone, and no output can be encoded that has them.
_SURROGATES = range(0xD800, 0xE000)
# They reorder what follows, beyond the text that they stand in.
_DIRECTIONS = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]

_HARMLESS = _PICTURES | dict.fromkeys([*_C1, *_SURROGATES, *_DIRECTIONS], _UNKNOWN) | {
    ord("\t"): "    "}


def lines(text):
    """The text's lines, of printable characters only; at least one."""
    return [line.translate(_HARMLESS) for line in text.splitlines()] or [""]


def line(text):
    """The text as one line, of printable characters only."""
    return text.translate(_HARMLESS | {0x2028: _UNKNOWN, 0x2029: _UNKNOWN})
