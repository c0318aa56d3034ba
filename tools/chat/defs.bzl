"""Tests in Python that need no server."""

load("@rules_shell//shell:sh_test.bzl", "sh_test")

def script_test(name, data = [], **kwargs):
    """A test NAME.py; its first line is `#!/usr/bin/python3`.

    The libraries are Debian's, and so are for Debian's Python, whatever else may be first on PATH.
    That is also why this is no py_test. There is no C++ of ours in it, and so nothing for a sanitizer.
    """
    sh_test(
        name = name,
        size = "small",
        srcs = [name + ".py"],
        data = data,
        tags = ["no_sanitizer"],
        env = {
            # The folder of the runfiles: `from tools.chat.client import ChatClient`.
            "PYTHONPATH": ".",
            # Nothing is imported that is not in `data`, and nothing written beside the sources.
            "PYTHONSAFEPATH": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        **kwargs
    )
