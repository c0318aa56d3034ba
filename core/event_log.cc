#include "core/event_log.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/compat.h"
#include "core/log_rates.h"
#include "core/log_text.h"
#include "core/mask.h"
#include "core/spdlog_level.h"
#include "spdlog/sinks/sink.h"
#include "spdlog/spdlog.h"

namespace fanfare {
namespace {

// How many lines of a kind there may be in a second.
constexpr std::uint64_t kAll = 0;
constexpr std::uint64_t kOne = 1;
// log.lines_per_second.
constexpr std::uint64_t kUsual = std::numeric_limits<std::uint64_t>::max();

struct Kind {
  std::string_view name;
  LogLevel level;
  std::uint64_t most;
  // Written whatever the log's level is.
  bool is_always = false;
};

// In the order of LogEvent.
constexpr std::array<Kind, kLogEvents> kKinds = {{
    {"starting", LogLevel::kInfo, kAll},
    {"reloading", LogLevel::kInfo, kAll},
    {"stopping", LogLevel::kInfo, kAll},
    {"stopped", LogLevel::kInfo, kAll},
    {"connected", LogLevel::kInfo, kUsual},
    {"disconnected", LogLevel::kInfo, kUsual},
    {"received", LogLevel::kInfo, kAll},
    {"sent", LogLevel::kInfo, kAll},
    {"skipped", LogLevel::kInfo, kUsual},
    {"answered", LogLevel::kDebug, kUsual},
    {"refused", LogLevel::kWarn, kOne},
    {"unauthorized", LogLevel::kWarn, kOne},
    {"tls_failed", LogLevel::kWarn, kOne},
    {"route_failed", LogLevel::kError, kUsual},
    {"connection_failed", LogLevel::kError, kUsual},
    {"accept_failed", LogLevel::kWarn, kUsual},
    // Whoever reaches the admin port may set the level, and shall not hide behind it.
    {"operated", LogLevel::kInfo, kAll, true},
    {"route", LogLevel::kInfo, kUsual},
    {"log_lost", LogLevel::kWarn, kAll},
}};
static_assert(kLogEvents <= LogRates::kMaxKinds);

std::atomic<LogFormat> format{LogFormat::kText};
std::atomic<std::uint64_t> lines_per_second{0};
std::atomic<std::uint64_t> left_out{0};

LogRates& Rates() {
  static LogRates rates;
  return rates;
}

// Only what can be read anywhere: all but printable ASCII is escaped.
void AppendJson(std::string& out, std::string_view text) {
  const bool is_plain = std::ranges::all_of(
      text, [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
  if (is_plain) {
    absl::StrAppend(&out, "\"", ToAbsl(text), "\"");
  } else {
    out += nlohmann::json(text).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
  }
}

void AppendMember(std::string& out, std::string_view name, std::string_view text) {
  absl::StrAppend(&out, ",\"", ToAbsl(name), "\":");
  AppendJson(out, text);
}

void AppendField(std::string& out, const LogField& field) {
  if (const auto* text = std::get_if<std::string_view>(&field.value)) {
    if (text->empty()) return;
    if (field.is_masked) return AppendMember(out, field.name, *text);
    AppendMember(out, field.name, MaskSecrets(*text));
  } else if (const auto* number = std::get_if<std::uint64_t>(&field.value)) {
    absl::StrAppend(&out, ",\"", ToAbsl(field.name), "\":", *number);
  } else if (const auto* flag = std::get_if<bool>(&field.value)) {
    absl::StrAppend(&out, ",\"", ToAbsl(field.name), "\":", *flag ? "true" : "false");
  }
}

void FormatJson(std::string& out, const Kind& kind, const LogLine& line) {
  out += "\"event\":";
  AppendJson(out, kind.name);
  AppendMember(out, "message", line.text);
  const LogSubject& about = line.about;
  if (!about.peer.empty()) AppendMember(out, "peer", about.peer);
  if (about.session != 0) absl::StrAppend(&out, ",\"session\":", about.session);
  if (!about.route.empty()) AppendMember(out, "route", about.route);
  for (const LogField& field : line.fields) AppendField(out, field);
}

void FormatText(std::string& out, const LogLine& line) {
  out += line.about.peer;
  if (!out.empty()) out += ' ';
  out += line.text;
}

// The level is one that is logged, or the kind is written always.
void Write(const Kind& kind, const LogLine& line) {
  // Kept for its memory.
  thread_local std::string payload;
  payload.clear();
  if (format == LogFormat::kJson) {
    FormatJson(payload, kind, line);
  } else {
    FormatText(payload, line);
  }
  const LogLevel level = line.level.value_or(kind.level);
  spdlog::logger& logger = *spdlog::default_logger_raw();
  if (!kind.is_always) return logger.log(ToSpdlog(level), spdlog::string_view_t(payload));
  // The logger would look at the level; its sinks take all.
  const spdlog::details::log_msg entry(logger.name(), ToSpdlog(level), payload);
  for (const spdlog::sink_ptr& sink : logger.sinks()) sink->log(entry);
}

void Tell(const std::vector<LogRates::LeftOut>& over) {
  for (const auto& [index, lines] : over) {
    const Kind& kind = kKinds[index];
    const std::string text =
        absl::StrCat("… ", lines, " more ", ToAbsl(kind.name), " lines in the last second");
    Write(kind, {.text = text, .fields = {{"more", lines}}});
  }
}

// Whether there may be one more of this kind now; tells what there was too much of before.
bool Take(LogEvent event) {
  const auto index = static_cast<std::size_t>(event);
  const std::uint64_t limit = lines_per_second;
  const std::uint64_t most = std::min(kKinds[index].most, limit);
  if (most == 0) return true;
  std::vector<LogRates::LeftOut> over;
  const bool may = Rates().Take(index, most, std::chrono::steady_clock::now(), over);
  Tell(over);
  if (!may) left_out.fetch_add(1, std::memory_order_relaxed);
  return may;
}

}  // namespace

bool IsLogged(LogLevel level) {
  return spdlog::default_logger_raw()->should_log(ToSpdlog(level));
}

void WriteLog(LogEvent event, const LogLine& line) try {
  // The last line of all comes last.
  if (event == LogEvent::kStopped) TellLeftOutLinesAtOnce();
  const Kind& kind = kKinds[static_cast<std::size_t>(event)];
  const bool is_logged = kind.is_always || IsLogged(line.level.value_or(kind.level));
  if (!is_logged || !Take(event)) return;
  if (event != LogEvent::kRoute) return Write(kind, line);
  LogLine safe = line;
  const std::string text = EscapeForLog(line.text);
  safe.text = text;
  Write(kind, safe);
} catch (...) {
  left_out.fetch_add(1, std::memory_order_relaxed);
}

void LogMessage(LogEvent event, const LogSubject& about, Message message) try {
  const Kind& kind = kKinds[static_cast<std::size_t>(event)];
  if (!IsLogged(kind.level)) return;
  const char* const arrow = event == LogEvent::kReceived ? ">> " : "<< ";
  const ShownMessage shown(message);
  const std::string text = arrow + shown.Quoted();
  const bool is_binary = message.type == MessageType::kBinary;
  Write(kind, {.about = about,
               .text = text,
               .fields = {{"payload", shown.text(), true},
                          {"bytes", std::uint64_t{message.payload.size()}},
                          {"binary", is_binary ? LogField::Value(true) : LogField::Value()}}});
} catch (...) {
  left_out.fetch_add(1, std::memory_order_relaxed);
}

void SetLogFormat(LogFormat wanted) {
  format = wanted;
}

void SetLogRate(std::size_t lines) {
  lines_per_second = lines;
}

void TellLeftOutLines() {
  Tell(Rates().TakeLeftOut(std::chrono::steady_clock::now()));
}

void TellLeftOutLinesAtOnce() {
  Tell(Rates().TakeLeftOut(LogRates::Time::max()));
}

std::uint64_t LeftOutLogLines() {
  return left_out;
}

}  // namespace fanfare
