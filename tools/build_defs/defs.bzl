"""The rules of this project: Bazel's C++ rules with our warnings, for our own code only.

Visibility is private unless a package or a target says otherwise.
"""

load("@rules_cc//cc:defs.bzl", "cc_binary", "cc_library", "cc_test")

_COPTS = [
    "-Wall",
    "-Wextra",
    "-Werror",
    "-Wshadow",
    "-Wnon-virtual-dtor",
    "-Woverloaded-virtual",
    "-Wextra-semi",
] + select({
    # Bazel's own -c opt is -O2. At -O3, g++ 12 takes the assignment of a literal to a std::string for
    # a copy onto itself (its bug 105651); clang knows no such warning.
    "//tools/build_defs:opt": ["-O3", "-Wno-restrict", "-Wno-unknown-warning-option"],
    "//conditions:default": [],
})

def fanfare_library(name, copts = [], **kwargs):
    """A C++ library."""
    cc_library(name = name, copts = _COPTS + copts, **kwargs)

def fanfare_binary(name, copts = [], **kwargs):
    """A C++ program."""
    cc_binary(name = name, copts = _COPTS + copts, **kwargs)

def fanfare_test(name, copts = [], deps = [], size = "small", **kwargs):
    """A GoogleTest program of at most a minute; gtest, gmock and main() come with it.

    It is linked statically, as the server is: only so does a test notice that the linker dropped
    something which registers itself.
    """
    cc_test(
        name = name,
        size = size,
        copts = _COPTS + copts,
        linkstatic = True,
        deps = deps + ["@googletest//:gtest", "@googletest//:gtest_main"],
        **kwargs
    )

def fanfare_fuzz_test(name, srcs, copts = [], deps = [], **kwargs):
    """A libFuzzer target: a LLVMFuzzerTestOneInput, and its corpus in the folder `<name>_corpus`.

    As a test it takes the corpus only, with any compiler; tools/fuzz lets it search.
    """
    native.filegroup(
        name = name + "_corpus_files",
        testonly = True,
        srcs = native.glob([name + "_corpus/**"]),
    )
    cc_test(
        name = name,
        size = "small",
        srcs = srcs,
        args = ["$(rootpaths :%s_corpus_files)" % name],
        copts = _COPTS + copts,
        data = [":%s_corpus_files" % name],
        linkopts = select({
            "//tools/build_defs:fuzz": ["-fsanitize=fuzzer"],
            "//conditions:default": [],
        }),
        linkstatic = True,
        tags = ["fuzz"],
        deps = deps + select({
            "//tools/build_defs:fuzz": [],
            "//conditions:default": ["//tools/build_defs:fuzz_replay"],
        }),
        **kwargs
    )

def fanfare_benchmark(name, copts = [], deps = [], own_main = False, **kwargs):
    """A Google Benchmark program; main() comes with it, unless it has its `own_main`."""
    library = "benchmark" if own_main else "benchmark_main"
    cc_binary(
        name = name,
        testonly = True,
        copts = _COPTS + copts,
        deps = deps + ["@google_benchmark//:" + library],
        **kwargs
    )

def fanfare_route(name, copts = [], deps = [], **kwargs):
    """A route plugin: a library that registers itself, and so is linked though nothing names it."""
    cc_library(
        name = name,
        copts = _COPTS + copts,
        alwayslink = True,
        visibility = ["//visibility:public"],
        deps = deps + ["//core:plugin"],
        **kwargs
    )
