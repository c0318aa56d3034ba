#include "core/logging.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/event_log.h"
#include "core/log_writer.h"
#include "core/spdlog_level.h"
#include "spdlog/pattern_formatter.h"
#include "spdlog/sinks/base_sink.h"
#include "spdlog/spdlog.h"

namespace fanfare {
namespace {

// %v is what event_log.cc made of a line.
constexpr char kTextPattern[] = "%Y-%m-%dT%H:%M:%S.%e %l %v";
constexpr char kJsonPattern[] = R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})";

std::atomic<const LogWriter*> the_writer{nullptr};

std::unique_ptr<spdlog::formatter> MakeFormatter(LogFormat format) {
  if (format == LogFormat::kText) return std::make_unique<spdlog::pattern_formatter>(kTextPattern);
  return std::make_unique<spdlog::pattern_formatter>(kJsonPattern, spdlog::pattern_time_type::utc);
}

// Hands lines to the writer.
class Sink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit Sink(LogWriter& writer) : writer_(writer) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& entry) override {
    spdlog::memory_buf_t line;
    formatter_->format(entry, line);
    writer_.Append({line.data(), line.size()});
  }
  // The writer is never late by more than its pause.
  void flush_() override {}

 private:
  LogWriter& writer_;
};

std::string LostLine(LogFormat format, std::uint64_t lines) {
  const std::string text =
      absl::StrCat("the log could not be written: ", lines, " lines were lost here");
  const std::string payload =
      format == LogFormat::kText
          ? text
          : absl::StrCat(R"("event":"log_lost","message":")", text, R"(","lines":)", lines);
  const spdlog::details::log_msg entry("", spdlog::level::warn, payload);
  spdlog::memory_buf_t line;
  MakeFormatter(format)->format(entry, line);
  return {line.data(), line.size()};
}

}  // namespace

Logging::Logging(const LogSettings& settings)
    : writer_(std::make_unique<LogWriter>(
          STDOUT_FILENO, LogWriter::Hooks{
                             .lost = [format = settings.format](
                                         std::uint64_t lines) { return LostLine(format, lines); },
                             .tick = TellLeftOutLines,
                         })) {
  SetLogFormat(settings.format);
  SetLogRate(settings.lines_per_second);
  auto sink = std::make_shared<Sink>(*writer_);
  sink->set_formatter(MakeFormatter(settings.format));
  auto logger = std::make_shared<spdlog::logger>("server", std::move(sink));
  spdlog::set_default_logger(std::move(logger));
  SetLogLevel(settings.level);
  the_writer = writer_.get();
}

Logging::~Logging() {
  TellLeftOutLinesAtOnce();
  the_writer = nullptr;
  writer_->Stop();
  spdlog::shutdown();
}

void SetLogLevel(LogLevel level) {
  spdlog::set_level(ToSpdlog(level));
}

bool SetLogLevel(std::string_view name) {
  for (const auto& [its_name, level] : kLogLevels) {
    if (its_name != name) continue;
    SetLogLevel(level);
    return true;
  }
  return false;
}

LogLevel CurrentLogLevel() {
  const spdlog::level::level_enum current = spdlog::get_level();
  for (const auto& [name, level] : kLogLevels) {
    if (ToSpdlog(level) == current) return level;
  }
  return LogLevel::kError;
}

std::string_view CurrentLogLevelName() {
  return std::ranges::find(kLogLevels, CurrentLogLevel(),
                           [](const auto& entry) { return entry.second; })
      ->first;
}

DroppedLogLines CountDroppedLogLines() {
  const LogWriter* const writer = the_writer;
  return {.too_many = LeftOutLogLines(), .not_written = writer == nullptr ? 0 : writer->lost()};
}

}  // namespace fanfare
