"""Tests of the protocol fanfare.chat.v1, in Python."""

load("//tests/process:defs.bzl", "server_script_test")

_SCHEMA = [
    "//routes/chat:protocol.schema.json",
    "//tests/chat:support",
]

def chat_server_test(name, data = [], **kwargs):
    """A test NAME.py of a server and of clients whose every frame is checked against the schema."""
    server_script_test(name = name, data = data + _SCHEMA, **kwargs)
