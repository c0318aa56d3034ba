"""Puts files of a web page into the program."""

load("//tools/build_defs:defs.bzl", "fanfare_library")

def embedded_files(name, srcs, header, roots, function, **kwargs):
    """A library with the files of `srcs`, which the function that `header` declares returns.

    Each file has the path from that of the folders `roots` that it is in.
    """
    native.genrule(
        name = name + "_source",
        srcs = srcs,
        outs = [name + ".cc"],
        cmd = "python3 $(location //core/page:embed.py) {} {}/{} {} $@ $(SRCS)".format(
            ":".join(roots),
            native.package_name(),
            header,
            function,
        ),
        tools = ["//core/page:embed.py"],
    )
    fanfare_library(
        name = name,
        srcs = [name + ".cc"],
        hdrs = [header],
        deps = ["//core/page:embedded_file"],
        **kwargs
    )
