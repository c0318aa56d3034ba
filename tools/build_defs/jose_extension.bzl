"""For MODULE.bazel: the libraries that are the system's with Bazel 7.6 and newer, too."""

load(":system_repositories.bzl", "jose_repositories")

def _jose_impl(_module_ctx):
    jose_repositories()

jose = module_extension(implementation = _jose_impl)
