#include "core/flags.h"

#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/flags/usage_config.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/compat.h"
#include "core/version.h"

namespace fanfare {

// A flag's value, found and written by Abseil through these names.
bool AbslParseFlag(absl::string_view text, EgressChoice* choice, std::string* error) {
  for (const auto& [name, value] : kEgressChoices) {
    if (ToAbsl(name) != text) continue;
    *choice = value;
    return true;
  }
  *error = "expected auto, io_uring or syscalls";
  return false;
}

std::string AbslUnparseFlag(EgressChoice choice) {
  for (const auto& [name, value] : kEgressChoices) {
    if (value == choice) return std::string(name);
  }
  return "";
}

}  // namespace fanfare

ABSL_FLAG(std::string, config, "", "the configuration, a JSON file; flags win over it");
ABSL_FLAG(std::string, check_config, "",
          "check a configuration file, with the options of its routes, and exit: 0 if it is right");
ABSL_FLAG(bool, print_config, false,
          "print the configuration that the server would have, every setting with its meaning, "
          "and exit");
ABSL_FLAG(std::vector<std::string>, listen, {},
          "addresses to listen on, such as localhost:8080, 0.0.0.0:80, [::1]:8080 or *:8080; with "
          "https:// before it, TLS is spoken there");
ABSL_FLAG(int, threads, 0, "how many threads serve sessions; 0: one for each core");
ABSL_FLAG(fanfare::EgressChoice, egress, fanfare::EgressChoice::kAuto,
          "how messages leave: io_uring, syscalls, or auto: io_uring where it can be had");
ABSL_FLAG(bool, log_messages, false, "log every message, coming in (>>) and going out (<<)");

namespace fanfare {
namespace {

Task TaskOfFlags() {
  if (absl::GetFlag(FLAGS_print_config)) return Task::kPrintConfig;
  return absl::GetFlag(FLAGS_check_config).empty() ? Task::kServe : Task::kCheckConfig;
}

}  // namespace

void DescribeFlags() {
  absl::SetProgramUsageMessage("a WebSocket server; see README.md");
  absl::FlagsUsageConfig usage;
  usage.contains_help_flags = usage.contains_helpshort_flags = [](absl::string_view file) {
    return absl::EndsWith(file, "core/flags.cc");
  };
  usage.version_string = [] { return absl::StrCat("fanfare ", ToAbsl(kVersion), "\n"); };
  absl::SetFlagsUsageConfig(usage);
}

absl::StatusOr<Settings> ReadSettings(int argc, char** argv) {
  const std::vector<char*> rest = absl::ParseCommandLine(argc, argv);
  if (rest.size() > 1) {
    return absl::InvalidArgumentError(std::string("unexpected argument: ") + rest[1]);
  }
  Settings settings{.task = TaskOfFlags()};
  Config& config = settings.config;
  std::string file = absl::GetFlag(FLAGS_check_config);
  if (file.empty()) file = absl::GetFlag(FLAGS_config);
  if (!file.empty()) {
    absl::StatusOr<Config> read = ReadConfig(file);
    if (!read.ok()) return read.status();
    config = *std::move(read);
  }
  // What the file says is the default of the flags now.
  absl::SetFlag(&FLAGS_listen, config.listen);
  absl::SetFlag(&FLAGS_threads, config.threads);
  absl::SetFlag(&FLAGS_egress, config.egress);
  absl::SetFlag(&FLAGS_log_messages, config.log_messages);
  absl::ParseCommandLine(argc, argv);
  config.listen = absl::GetFlag(FLAGS_listen);
  config.threads = absl::GetFlag(FLAGS_threads);
  config.egress = absl::GetFlag(FLAGS_egress);
  config.log_messages = absl::GetFlag(FLAGS_log_messages);
  if (absl::Status status = CheckConfig(config); !status.ok()) return status;
  return settings;
}

}  // namespace fanfare
