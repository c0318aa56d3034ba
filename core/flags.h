// The server program's flags, and the configuration that comes of them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/config.h"
#include "core/fanout/egress.h"
#include "core/log_settings.h"

namespace fanfare {

// What the program was called for.
enum class Task {
  kServe,
  // --check_config: say whether the configuration is right.
  kCheckConfig,
  // --print_config: print it, with every setting and its meaning.
  kPrintConfig,
};

// What the command line says.
struct Flags {
  Task task = Task::kServe;
  // The configuration; empty if there is none.
  std::string file = {};
  // What was given, and so wins over the file.
  std::optional<std::vector<std::string>> listen = {};
  std::optional<int> threads = {};
  std::optional<EgressChoice> egress = {};
  std::optional<LogFormat> log_format = {};
  std::optional<LogLevel> log_level = {};
  std::optional<bool> log_messages = {};
};

// What --help and --version say. Thread: the main one, before the flags are read.
void DescribeFlags();

// Reads the command line, with what it says to read besides (--flagfile, --fromenv). Ends the
// program itself for --help, --version and flags that there are not; so once, before there is
// anything that must not end. The error is for a person: it names the argument. Thread: the main
// one.
absl::StatusOr<Flags> ReadFlags(int argc, char** argv);

// What the file says now, under the flags that were given. The error is for a person: it names the
// file and the JSON path.
absl::StatusOr<Config> ReadConfig(const Flags& flags);

}  // namespace fanfare
