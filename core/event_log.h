// What is logged: one line for an event.
//
// Who logs says what kind of event it was, whom it is about, and what there is to say of it, once;
// the two formats are made of that:
//
//   2026-11-24T09:30:00.000 info 127.0.0.1:4242 disconnected (1001 "going away")
//   {"time":"2026-11-24T09:30:00.000Z","level":"info","event":"disconnected",
//    "message":"disconnected (1001 \"going away\")","peer":"127.0.0.1:4242","session":7,
//    "route":"chat","code":1001,"reason":"going away"}
//
// Of one kind, log.lines_per_second are written in a second, or one where it says so below. What is
// more is counted, and a line says how many there were when the second is over. There is no limit
// to what an operator asked for (messages) or did (start and stop, and what kOperated is), and none
// at all if log.lines_per_second is 0.
//
// Thread: any. Nothing here waits for the log to be written (see log_writer.h). A line of text
// allocates nothing here, as a rule, if it is short and neither a message nor a route's; a line of
// JSON does for the text in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <variant>

#include "core/log_settings.h"
#include "core/message.h"

namespace fanfare {

// The kinds; event_log.cc has their names and levels.
enum class LogEvent {
  // What the server says of itself: at its start and its stop, and when its configuration changes.
  kStarting,
  kReloading,
  kStopping,
  kStopped,
  // A session, and what it sends and is sent.
  kConnected,
  kDisconnected,
  kReceived,
  kSent,
  // A slow reader was not sent something.
  kSkipped,
  // An HTTP request that did not become a session; of level debug.
  kAnswered,
  // Somebody is over a limit, or comes from where nobody may; or shows no token that is right. Of
  // each, one line in a second.
  kRefused,
  kUnauthorized,
  // A connection that could not be encrypted; one line in a second.
  kTlsFailed,
  kRouteFailed,
  kConnectionFailed,
  kAcceptFailed,
  // What an operator did while the server ran; written whatever the level is.
  kOperated,
  // A line of a route's own; see LogLine::text.
  kRoute,
  // Lines that could not be written.
  kLogLost,
};
inline constexpr std::size_t kLogEvents = static_cast<std::size_t>(LogEvent::kLogLost) + 1;

// Whom a line is about, as far as there is somebody.
struct LogSubject {
  // Address and port.
  std::string_view peer = {};
  // Session::id().
  std::uint64_t session = 0;
  // The name that it registered.
  std::string_view route = {};
};

// A member of JSON lines. Text, which may be a peer's, is escaped there, and its secrets are
// masked, unless they have been. What is empty is left out.
struct LogField {
  using Value = std::variant<std::monostate, std::string_view, std::uint64_t, bool>;
  std::string_view name;
  Value value;
  bool is_masked = false;
};

struct LogLine {
  LogSubject about = {};
  // In words, for both formats. What peers sent has gone through log_text.h; with LogEvent::kRoute,
  // that is done for all of it.
  std::string_view text;
  std::initializer_list<LogField> fields = {};
  // Instead of the event's.
  std::optional<LogLevel> level = std::nullopt;
};

void WriteLog(LogEvent event, const LogLine& line);

// A message that came (kReceived) or was sent (kSent), as log_text.h shows it.
void LogMessage(LogEvent event, const LogSubject& about, Message message);

// Whether lines of this level are written: where it takes something to make one.
bool IsLogged(LogLevel level);

// For logging.h, which has the level, too. The format is set before anything is logged.
void SetLogFormat(LogFormat wanted);
void SetLogRate(std::size_t lines_per_second);
// Tells what was left out in a second that is over, for when no more lines come; or in any.
void TellLeftOutLines();
void TellLeftOutLinesAtOnce();
// Lines that were left out so far because there were too many of a kind.
std::uint64_t LeftOutLogLines();

}  // namespace fanfare
