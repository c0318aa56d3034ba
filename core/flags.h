// The server program's flags, and the configuration that comes of them.
#pragma once

#include "absl/status/statusor.h"
#include "core/config.h"

namespace fanfare {

// What the program was called for.
enum class Task {
  kServe,
  // --check_config: say whether the configuration is right.
  kCheckConfig,
  // --print_config: print it, with every setting and its meaning.
  kPrintConfig,
};

struct Settings {
  Task task = Task::kServe;
  Config config = {};
};

// What --help and --version say. Thread: the main one, before the flags are read.
void DescribeFlags();

// Reads the file of --config or --check_config, and then the flags, so that flags which were given
// win over it. May be called again, for what the file says by then. Ends the program itself for
// --help, --version and flags that there are not. The error is for a person: it names the file and
// the JSON path, or the argument. Thread: the main one.
absl::StatusOr<Settings> ReadSettings(int argc, char** argv);

}  // namespace fanfare
