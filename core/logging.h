// Where the log goes, and how much of it.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "core/log_settings.h"

namespace fanfare {

class LogWriter;

// While it lives, what is logged (event_log.h) goes to standard output, in the format of the
// settings; log_writer.h says what becomes of it when nobody reads it. There is one.
//
// Thread: one makes and destroys it.
class Logging {
 public:
  explicit Logging(const LogSettings& settings);
  // Writes what is left; waits for as long as standard output does not take it.
  ~Logging();
  Logging(const Logging&) = delete;
  Logging& operator=(const Logging&) = delete;

 private:
  const std::unique_ptr<LogWriter> writer_;
};

// What can be changed while it lives; the format can not. Thread: any.
void SetLogLevel(LogLevel level);
// By its name, as in the configuration; false if there is none of this name.
bool SetLogLevel(std::string_view name);
LogLevel CurrentLogLevel();
std::string_view CurrentLogLevelName();

// Lines that were dropped so far, because there were too many of a kind or because they could not
// be written. Thread: any.
struct DroppedLogLines {
  std::uint64_t too_many = 0;
  std::uint64_t not_written = 0;
};
DroppedLogLines CountDroppedLogLines();

}  // namespace fanfare
