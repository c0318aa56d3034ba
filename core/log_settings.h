// The settings `log.*` of the configuration.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

namespace fanfare {

// How much is logged: of this level and those after it.
enum class LogLevel { kDebug, kInfo, kWarn, kError };

enum class LogFormat {
  // A line for people.
  kText,
  // An object in a line for programs.
  kJson,
};

struct LogSettings {
  LogFormat format = LogFormat::kText;
  LogLevel level = LogLevel::kInfo;
  // How many lines of one kind of event there may be in a second; 0 means no limit. More than
  // anybody reads, or needs to see what goes on; a tenth of a megabyte, so that a flood of clients
  // fills no disk in a day. There are kinds with fewer, and with no limit: see event_log.h.
  std::size_t lines_per_second = 1000;
};

// The names of levels and formats, as in the configuration.
inline constexpr std::array<std::pair<std::string_view, LogLevel>, 4> kLogLevels = {{
    {"debug", LogLevel::kDebug},
    {"info", LogLevel::kInfo},
    {"warn", LogLevel::kWarn},
    {"error", LogLevel::kError},
}};
inline constexpr std::array<std::pair<std::string_view, LogFormat>, 2> kLogFormats = {{
    {"text", LogFormat::kText},
    {"json", LogFormat::kJson},
}};

}  // namespace fanfare
