#include "core/flags.h"

#include <array>
#include <cstddef>
#include <optional>
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

// Which flags were given: Abseil tells of each that is set, and of their defaults before that.
struct Given {
  bool listen = false;
  bool threads = false;
  bool egress = false;
  bool log_format = false;
  bool log_level = false;
  bool log_messages = false;
  bool config = false;
  bool check_config = false;
};
constinit Given given;

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

ABSL_FLAG(std::string, config, "", "the configuration, a JSON file; flags win over it")
    .OnUpdate([] { fanfare::given.config = true; });
ABSL_FLAG(std::string, check_config, "",
          "check a configuration file, with the options of its routes, and exit: 0 if it is right")
    .OnUpdate([] { fanfare::given.check_config = true; });
ABSL_FLAG(bool, print_config, false,
          "print the configuration that the server would have, every setting with its meaning, "
          "and exit");
ABSL_FLAG(std::vector<std::string>, listen, {},
          "addresses to listen on, such as localhost:8080, 0.0.0.0:80, [::1]:8080 or *:8080; with "
          "https:// before it, TLS is spoken there")
    .OnUpdate([] { fanfare::given.listen = true; });
ABSL_FLAG(int, threads, 0, "how many threads serve sessions; 0: one for each core").OnUpdate([] {
  fanfare::given.threads = true;
});
ABSL_FLAG(fanfare::EgressChoice, egress, fanfare::EgressChoice::kAuto,
          "how messages leave: io_uring, syscalls, or auto: io_uring where it can be had")
    .OnUpdate([] { fanfare::given.egress = true; });
ABSL_FLAG(fanfare::LogFormat, log_format, fanfare::LogFormat::kText,
          "how the log looks: text, or json: an object in each line")
    .OnUpdate([] { fanfare::given.log_format = true; });
ABSL_FLAG(fanfare::LogLevel, log_level, fanfare::LogLevel::kInfo,
          "how much is logged: debug, info, warn or error")
    .OnUpdate([] { fanfare::given.log_level = true; });
ABSL_FLAG(bool, log_messages, false, "log every message, coming in (>>) and going out (<<)")
    .OnUpdate([] { fanfare::given.log_messages = true; });

namespace fanfare {
namespace {

Task TaskOfFlags() {
  if (absl::GetFlag(FLAGS_print_config)) return Task::kPrintConfig;
  return absl::GetFlag(FLAGS_check_config).empty() ? Task::kServe : Task::kCheckConfig;
}

template <typename T>
std::optional<T> ValueIf(bool is_given, const absl::Flag<T>& flag) {
  if (!is_given) return std::nullopt;
  return absl::GetFlag(flag);
}

template <typename T>
void Override(T& setting, const std::optional<T>& flag) {
  if (flag) setting = *flag;
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

absl::StatusOr<Flags> ReadFlags(int argc, char** argv) {
  given = {};
  const std::vector<char*> rest = absl::ParseCommandLine(argc, argv);
  if (rest.size() > 1) {
    return absl::InvalidArgumentError(std::string("unexpected argument: ") + rest[1]);
  }
  const std::string checked = absl::GetFlag(FLAGS_check_config);
  // Of a script whose variable is empty, for example: it does not want the defaults.
  if (given.check_config && checked.empty()) {
    return absl::InvalidArgumentError("check_config: expected the name of a file");
  }
  if (given.config && absl::GetFlag(FLAGS_config).empty()) {
    return absl::InvalidArgumentError("config: expected the name of a file");
  }
  return Flags{
      .task = TaskOfFlags(),
      .file = checked.empty() ? absl::GetFlag(FLAGS_config) : checked,
      .listen = ValueIf(given.listen, FLAGS_listen),
      .threads = ValueIf(given.threads, FLAGS_threads),
      .egress = ValueIf(given.egress, FLAGS_egress),
      .log_format = ValueIf(given.log_format, FLAGS_log_format),
      .log_level = ValueIf(given.log_level, FLAGS_log_level),
      .log_messages = ValueIf(given.log_messages, FLAGS_log_messages),
  };
}

absl::StatusOr<Config> ReadConfig(const Flags& flags) {
  Config config;
  if (!flags.file.empty()) {
    absl::StatusOr<Config> read = ReadConfig(flags.file);
    if (!read.ok()) return read.status();
    config = *std::move(read);
  }
  Override(config.listen, flags.listen);
  Override(config.threads, flags.threads);
  Override(config.egress, flags.egress);
  Override(config.log.format, flags.log_format);
  Override(config.log.level, flags.log_level);
  Override(config.log_messages, flags.log_messages);
  if (absl::Status status = CheckConfig(config); !status.ok()) return status;
  return config;
}

}  // namespace fanfare
