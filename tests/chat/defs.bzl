"""Tests of the protocol fanfare.chat.v1, in Python."""

load("@rules_shell//shell:sh_test.bzl", "sh_test")
load("//tests/process:defs.bzl", "server_script_test")

_SCHEMA = [
    "//routes/chat:protocol.schema.json",
    "//tests/chat:support",
]

def chat_server_test(name, data = [], **kwargs):
    """A test NAME.py of a server and of clients whose every frame is checked against the schema."""
    server_script_test(name = name, data = data + _SCHEMA, **kwargs)

def script_test(name, data = [], **kwargs):
    """A test NAME.py without a server. Why it is no py_test is told beside server_script_test."""
    sh_test(
        name = name,
        size = "small",
        srcs = [name + ".py"],
        data = data,
        env = {
            "PYTHONPATH": ".",
            "PYTHONSAFEPATH": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        **kwargs
    )
