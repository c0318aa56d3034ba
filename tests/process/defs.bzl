"""Tests of the server as a process, in Python."""

load("@rules_shell//shell:sh_test.bzl", "sh_test")

def server_script_test(name, data = [], env = {}, server = "//:server", **kwargs):
    """A test NAME.py that starts a server program and meets it as its users do.

    The script starts with `#!/usr/bin/python3`: the client library is Debian's, and so is for
    Debian's Python, whatever else may be first on PATH. That is also why this is no py_test.
    """
    sh_test(
        name = name,
        size = "small",
        srcs = [name + ".py"],
        data = data + [server, "//tests/process:support"],
        env = dict(env, **{
            # The folder of the runfiles: `from tests.process.server import Server`.
            "PYTHONPATH": ".",
            # Nothing is imported that is not in `data`, and nothing written beside the sources.
            "PYTHONSAFEPATH": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "SERVER": "$(rootpath {})".format(server),
        }),
        **kwargs
    )
