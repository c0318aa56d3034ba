#include "core/logging.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <ctime>
#include <mutex>
#include <string>
#include <string_view>
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
constexpr char kTextPattern[] = "%Y-%m-%dT%H:%M:%S.%e %* %v";
constexpr char kJsonPattern[] = R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%*",%v})";

std::atomic<const LogWriter*> the_writer{nullptr};

const std::pair<std::string_view, LogLevel>& FromSpdlog(spdlog::level::level_enum level) {
  const auto* const found = std::ranges::find_if(
      kLogLevels, [level](const auto& entry) { return ToSpdlog(entry.second) == level; });
  // It has levels that we never set.
  return found == kLogLevels.end() ? kLogLevels.back() : *found;
}

// %*: the level by its name in the configuration; spdlog has another for some.
class LevelName final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& entry, const std::tm& /*time*/,
              spdlog::memory_buf_t& line) override {
    const std::string_view name = FromSpdlog(entry.level).first;
    line.append(name.data(), name.data() + name.size());
  }
  std::unique_ptr<spdlog::custom_flag_formatter> clone() const override {
    return std::make_unique<LevelName>();
  }
};

std::unique_ptr<spdlog::formatter> MakeFormatter(LogFormat format) {
  const bool is_text = format == LogFormat::kText;
  auto formatter = std::make_unique<spdlog::pattern_formatter>(
      is_text ? spdlog::pattern_time_type::local : spdlog::pattern_time_type::utc);
  formatter->add_flag<LevelName>('*').set_pattern(is_text ? kTextPattern : kJsonPattern);
  return formatter;
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
  return FromSpdlog(spdlog::get_level()).second;
}

std::string_view CurrentLogLevelName() {
  return FromSpdlog(spdlog::get_level()).first;
}

DroppedLogLines CountDroppedLogLines() {
  const LogWriter* const writer = the_writer;
  return {.too_many = LeftOutLogLines(), .not_written = writer == nullptr ? 0 : writer->lost()};
}

}  // namespace fanfare
