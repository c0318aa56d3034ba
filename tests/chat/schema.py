"""routes/chat/protocol.schema.json, as the tests use it."""

import functools
import json
import pathlib
import sys

try:
    import jsonschema
except ImportError:
    # Not skipped: nobody would notice that nothing is checked any more.
    sys.exit("the tests need a JSON Schema validator: apt-get install python3-jsonschema")

SCHEMA = json.loads(pathlib.Path("routes/chat/protocol.schema.json").read_text(encoding="utf-8"))


@functools.lru_cache(maxsize=None)
def validator(definition):
    """Validates by one of the schema's definitions; None if there is no such."""
    if definition not in SCHEMA["$defs"]:
        return None
    return jsonschema.Draft202012Validator(
        {"$ref": f"#/$defs/{definition}", "$defs": SCHEMA["$defs"]})


def problem(side, frame):
    """What is wrong with a frame of the `client` or the `server`; None if nothing is.

    The definition is chosen by `type`: it says what is wrong, where clientFrame and serverFrame
    say only that no variant fits.
    """
    if not isinstance(frame, dict):
        return f"not an object: {frame!r}"
    chosen = validator(f"{side}.{frame.get('type')}")
    if chosen is None:
        return f"no such type: {frame!r}"
    error = jsonschema.exceptions.best_match(chosen.iter_errors(frame))
    return error and f"{error.json_path}: {error.message} in {json.dumps(frame)}"
