"""Tests of the JavaScript client."""

load("@rules_shell//shell:sh_test.bzl", "sh_test")

def node_test(name):
    """A test NAME.js of node:test, run by the Node that is on the machine."""
    sh_test(
        name = name,
        size = "small",
        srcs = ["//tools/build_defs:node_test.sh"],
        args = ["$(rootpath {}.js)".format(name)],
        # There is no C++ in it.
        tags = ["no_sanitizer"],
        data = [
            name + ".js",
            ":client",
            ":fakes.js",
        ],
    )
