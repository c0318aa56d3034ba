"""The rule for tests of the whole server."""

load("//tools/build_defs:defs.bzl", "fanfare_library", "fanfare_test")

def server_test(name, srcs, deps, size = "small"):
    """A GoogleTest program that runs twice: as it is, and as NAME_syscalls.

    The first has the egress that servers have by default, which is io_uring where the machine has it.
    """
    fanfare_library(
        name = name + "_cases",
        testonly = True,
        srcs = srcs,
        deps = deps + ["@googletest//:gtest"],
        alwayslink = True,
    )
    fanfare_test(
        name = name,
        size = size,
        deps = [":" + name + "_cases"],
    )
    fanfare_test(
        name = name + "_syscalls",
        size = size,
        env = {"FANFARE_TEST_EGRESS": "syscalls"},
        deps = [":" + name + "_cases"],
    )
