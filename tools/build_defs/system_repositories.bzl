"""External repositories made of the libraries that Debian 12 installs.

Each has the name and the labels of its module in the Bazel registry, so a BUILD file reads the same
whether WORKSPACE (by this file) or MODULE.bazel declares what it depends on. Nothing is downloaded.
"""

_MISSING = "@{}: {} is not installed. tools/bazel installs it; or: apt-get install {}"

def _cc_library(repository_ctx, target, modules):
    """A cc_library of what pkg-config says of `modules`; words that begin with - are link options."""
    link_options = [word for word in modules.split(" ") if word.startswith("-")]
    words = list(link_options)
    for module in [word for word in modules.split(" ") if not word.startswith("-")]:
        result = repository_ctx.execute(["pkg-config", "--cflags", "--libs", module])
        if result.return_code:
            fail(_MISSING.format(
                repository_ctx.name,
                module,
                "pkgconf " + repository_ctx.attr.debian_package,
            ))
        words.extend([word for word in result.stdout.strip().split(" ") if word])

    # Headers need no declaration: /usr/include is among the compiler's own directories.
    return "cc_library(name = {}, defines = {}, linkopts = {})\n".format(
        repr(target),
        repr([word[2:] for word in words if word.startswith("-D")]),
        repr([word for word in words if word.startswith(("-l", "-L", "-W", "-p"))]),
    )

def _pkg_config_repository_impl(repository_ctx):
    packages = {}
    for label, modules in repository_ctx.attr.libraries.items():
        package, _, target = label.rpartition(":")
        rule = _cc_library(repository_ctx, target, modules)
        packages.setdefault(package.lstrip("/"), []).append(rule)
    for package, rules in packages.items():
        lines = ["package(default_visibility = [\"//visibility:public\"])\n"] + rules
        repository_ctx.file("./" + package + "/BUILD", "".join(lines))

# A library with pkg-config files. `libraries` maps each label to pkg-config modules.
pkg_config_repository = repository_rule(
    implementation = _pkg_config_repository_impl,
    local = True,
    environ = ["PATH", "PKG_CONFIG_PATH"],
    attrs = {
        "debian_package": attr.string(mandatory = True),
        "libraries": attr.string_dict(mandatory = True),
    },
)

def _boost_repository_impl(repository_ctx):
    name = repository_ctx.name
    source = repository_ctx.attr.source
    if not repository_ctx.path("/usr/include/" + source).exists:
        fail(_MISSING.format(name, source, "libboost1.81-dev"))
    repository_ctx.file(name + ".src.cc", "#include <{}>\n".format(source))
    repository_ctx.file("BUILD", """
cc_library(
    name = {name},
    srcs = [{source}],
    copts = ["-w"],
    defines = {defines},
    linkopts = ["-pthread"],
    visibility = ["//visibility:public"],
    deps = {deps},
)
""".format(
        name = repr(name),
        source = repr(name + ".src.cc"),
        defines = repr(repository_ctx.attr.defines),
        deps = repr(repository_ctx.attr.deps),
    ))

# A Boost library, which has no pkg-config file. Its `source` is compiled here, once, and so with
# the sanitizers of the build.
_boost_repository = repository_rule(
    implementation = _boost_repository_impl,
    local = True,
    attrs = {
        "source": attr.string(mandatory = True),
        "defines": attr.string_list(),
        "deps": attr.string_list(),
    },
)

def _native_rules_repository_impl(repository_ctx):
    for path, rules in repository_ctx.attr.files.items():
        repository_ctx.file(path.rpartition("/")[0] + "/BUILD")
        lines = ["{0} = native.{0}\n".format(rule) for rule in rules]
        repository_ctx.file(path, "".join(lines))

# Stands in for a rule set: gives the rules that are built into Bazel before 9 under its names.
_native_rules_repository = repository_rule(
    implementation = _native_rules_repository_impl,
    attrs = {"files": attr.string_list_dict(mandatory = True)},
)

def _coverage_tools_repository_impl(repository_ctx):
    repository_ctx.file("BUILD", """
filegroup(name = "coverage_report_generator", visibility = ["//visibility:public"])
filegroup(name = "lcov_merger", visibility = ["//visibility:public"])
""")

# Bazel downloads its coverage tools for any test, wanted or not; these are empty.
_coverage_tools_repository = repository_rule(implementation = _coverage_tools_repository_impl)

def _rule_sets():
    _native_rules_repository(
        name = "rules_cc",
        files = {
            "cc/defs.bzl": [
                "cc_binary",
                "cc_import",
                "cc_library",
                "cc_test",
                "cc_toolchain",
                "cc_toolchain_suite",
            ],
        },
    )
    _native_rules_repository(
        name = "rules_shell",
        files = {
            "shell/sh_binary.bzl": ["sh_binary"],
            "shell/sh_library.bzl": ["sh_library"],
            "shell/sh_test.bzl": ["sh_test"],
        },
    )

    # Bazel's own packages load these, though nothing here is written in Java.
    _native_rules_repository(
        name = "rules_java",
        files = {"java/defs.bzl": ["java_import", "java_runtime", "java_toolchain"]},
    )
    _coverage_tools_repository(name = "remote_coverage_tools")

def _boost():
    _boost_repository(
        name = "boost.asio",
        source = "boost/asio/impl/src.hpp",
        defines = ["BOOST_ASIO_SEPARATE_COMPILATION"],
    )
    _boost_repository(
        name = "boost.beast",
        source = "boost/beast/src.hpp",
        defines = ["BOOST_BEAST_SEPARATE_COMPILATION"],
        deps = ["@boost.asio"],
    )
    _boost_repository(
        name = "boost.histogram",
        # All of it is templates: the smallest header stands for it.
        source = "boost/histogram/fwd.hpp",
    )
    _boost_repository(
        name = "boost.json",
        source = "boost/json/src.hpp",
    )
    _boost_repository(
        name = "boost.url",
        source = "boost/url/src.hpp",
    )

def jose_repositories():
    """Libraries that are the system's with every Bazel, as the registry has no libjose.

    That one is linked with the system's OpenSSL, of which a process must have no other.
    """
    pkg_config_repository(
        name = "openssl",
        debian_package = "libssl-dev",
        libraries = {
            "//:crypto": "libcrypto",
            "//:ssl": "libssl",
        },
    )
    pkg_config_repository(
        name = "jose",
        debian_package = "libjose-dev",
        libraries = {"//:jose": "jose jansson"},
    )

def system_repositories():
    """Declares every external repository of the workspace."""
    _rule_sets()
    _boost()
    jose_repositories()
    pkg_config_repository(
        name = "abseil-cpp",
        debian_package = "libabsl-dev",
        libraries = {
            "//absl/algorithm:container": "absl_algorithm_container",
            "//absl/base:core_headers": "absl_core_headers",
            "//absl/cleanup:cleanup": "absl_cleanup",
            "//absl/container:flat_hash_set": "absl_flat_hash_set",
            "//absl/container:inlined_vector": "absl_inlined_vector",
            "//absl/debugging:failure_signal_handler": "absl_failure_signal_handler",
            "//absl/debugging:symbolize": "absl_symbolize",
            "//absl/flags:config": "absl_flags_config",
            "//absl/flags:flag": "absl_flags",
            "//absl/flags:parse": "absl_flags_parse",
            "//absl/flags:usage": "absl_flags_usage",
            "//absl/functional:any_invocable": "absl_any_invocable",
            "//absl/functional:function_ref": "absl_function_ref",
            "//absl/hash:hash": "absl_hash",
            "//absl/status:status": "absl_status",
            "//absl/status:statusor": "absl_statusor",
            "//absl/strings:str_format": "absl_str_format",
            "//absl/strings:strings": "absl_strings",
            "//absl/time:time": "absl_time",
            "//absl/types:span": "absl_span",
        },
    )
    pkg_config_repository(
        name = "googletest",
        debian_package = "libgmock-dev libgtest-dev",
        # As upstream: gtest includes gmock, and gtest_main initialises both.
        libraries = {
            "//:gtest": "gmock",
            "//:gtest_main": "gmock_main",
        },
    )
    pkg_config_repository(
        name = "google_benchmark",
        debian_package = "libbenchmark-dev",
        # Debian has libbenchmark_main.a, but no pkg-config file for it.
        libraries = {
            "//:benchmark": "benchmark",
            "//:benchmark_main": "-lbenchmark_main benchmark",
        },
    )
    pkg_config_repository(
        name = "liburing",
        debian_package = "liburing-dev",
        libraries = {"//:liburing": "liburing"},
    )
    pkg_config_repository(
        name = "nlohmann_json",
        debian_package = "nlohmann-json3-dev",
        libraries = {"//:json": "nlohmann_json"},
    )
    pkg_config_repository(
        name = "prometheus-cpp",
        debian_package = "prometheus-cpp-dev",
        libraries = {"//core:core": "prometheus-cpp-core"},
    )
    pkg_config_repository(
        name = "spdlog",
        debian_package = "libspdlog-dev",
        libraries = {"//:spdlog": "spdlog"},
    )
    pkg_config_repository(
        name = "systemd",
        debian_package = "libsystemd-dev",
        libraries = {"//:libsystemd": "libsystemd"},
    )
