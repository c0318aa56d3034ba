#include "core/flags.h"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
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
namespace {

template <typename T, std::size_t N>
using Choices = std::array<std::pair<std::string_view, T>, N>;

template <typename T, std::size_t N>
bool ParseChoice(absl::string_view text, const Choices<T, N>& choices, T& choice,
                 std::string& error) {
  error = "expected ";
  for (std::size_t i = 0; i < N; ++i) {
    const auto& [name, value] = choices[i];
    if (ToAbsl(name) == text) {
      choice = value;
      return true;
    }
    absl::StrAppend(&error, i == 0 ? "" : (i + 1 == N ? " or " : ", "), ToAbsl(name));
  }
  return false;
}

template <typename T, std::size_t N>
std::string NameOfChoice(T choice, const Choices<T, N>& choices) {
  for (const auto& [name, value] : choices) {
    if (value == choice) return std::string(name);
  }
  return "";
}

}  // namespace

// A flag's value, found and written by Abseil through these names.
bool AbslParseFlag(absl::string_view text, EgressChoice* choice, std::string* error) {
  return ParseChoice(text, kEgressChoices, *choice, *error);
}
bool AbslParseFlag(absl::string_view text, LogFormat* format, std::string* error) {
  return ParseChoice(text, kLogFormats, *format, *error);
}
bool AbslParseFlag(absl::string_view text, LogLevel* level, std::string* error) {
  return ParseChoice(text, kLogLevels, *level, *error);
}

std::string AbslUnparseFlag(EgressChoice choice) {
  return NameOfChoice(choice, kEgressChoices);
}
std::string AbslUnparseFlag(LogFormat format) {
  return NameOfChoice(format, kLogFormats);
}
std::string AbslUnparseFlag(LogLevel level) {
  return NameOfChoice(level, kLogLevels);
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
ABSL_FLAG(fanfare::LogFormat, log_format, fanfare::LogFormat::kText,
          "how the log looks: text, or json: an object in each line");
ABSL_FLAG(fanfare::LogLevel, log_level, fanfare::LogLevel::kInfo,
          "how much is logged: debug, info, warn or error");
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
  absl::SetFlag(&FLAGS_log_format, config.log.format);
  absl::SetFlag(&FLAGS_log_level, config.log.level);
  absl::SetFlag(&FLAGS_log_messages, config.log_messages);
  absl::ParseCommandLine(argc, argv);
  config.listen = absl::GetFlag(FLAGS_listen);
  config.threads = absl::GetFlag(FLAGS_threads);
  config.egress = absl::GetFlag(FLAGS_egress);
  config.log.format = absl::GetFlag(FLAGS_log_format);
  config.log.level = absl::GetFlag(FLAGS_log_level);
  config.log_messages = absl::GetFlag(FLAGS_log_messages);
  if (absl::Status status = CheckConfig(config); !status.ok()) return status;
  return settings;
}

}  // namespace fanfare
