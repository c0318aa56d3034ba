#include "core/admin/steering.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/admin/ask_shards.h"
#include "core/admin/json_answer.h"
#include "core/admin/sessions.h"
#include "core/close_code.h"
#include "core/compat.h"
#include "core/dispatch.h"
#include "core/event_log.h"
#include "core/log_settings.h"
#include "core/log_text.h"
#include "core/logging.h"
#include "core/session.h"
#include "core/shard.h"

namespace fanfare {
namespace {

constexpr int kLeastCode = 1000;
constexpr int kMostCode = 4999;

// Whether a close frame may have the code (RFC 6455 section 7.4, and its IANA registry).
bool MayBeSent(int code) {
  if (code >= 3000) return true;
  return code <= 1003 || (code >= 1007 && code <= 1014);
}

void LogOperator(const Request& request, std::string_view what, std::uint64_t session = 0) {
  const std::string peer = ToString(request.peer);
  const std::string text = absl::StrCat("operator ", peer, " ", ToAbsl(what));
  const LogField::Value id = session == 0 ? LogField::Value() : LogField::Value(session);
  WriteLog(LogEvent::kOperated, {.text = text, .fields = {{"operator", peer}, {"session", id}}});
}

// What became of a session that something was to be done to.
struct Outcome {
  std::string peer;
  // It was closing before.
  bool was_closing = false;
  // And it is now.
  bool is_closing = false;
};

// Does something to the session of the path's {id}, on its own thread. `done` makes the log's line.
Response Steer(const Server& server, const Request& request,
               std::function<void(Session& session, Format format)> action,
               const std::function<std::string(const Outcome& outcome)>& done) {
  const auto id = SessionIdOf(request);
  if (!id.ok()) return BadRequest(id.status());
  using Found = std::optional<Outcome>;
  const auto answers = AskShards<Found>(
      server, [id = *id, action = std::move(action)](Shard& shard, std::size_t) -> Found {
        Shard::Member* const member = FindSession(shard, id);
        if (member == nullptr) return std::nullopt;
        const SessionReport before = member->Report();
        Outcome outcome = {.peer = ToString(before.peer), .was_closing = before.is_closing};
        if (!before.is_closing) action(*member->session(), before.format);
        outcome.is_closing = member->Report().is_closing;
        return outcome;
      });
  for (const std::optional<Found>& answer : answers.of) {
    if (!answer || !*answer) continue;
    const Outcome& outcome = **answer;
    if (outcome.was_closing) {
      return Refusal(409, absl::StrCat("session ", *id, " is closing already"));
    }
    LogOperator(request, absl::StrCat(done(outcome), " session ", *id, " of ", outcome.peer), *id);
    return JsonAnswer({{"id", *id}, {"state", outcome.is_closing ? "closing" : "open"}});
  }
  return NoSuchSession(*id, answers.Unanswered());
}

// One event (WHATWG HTML, "Server-sent events"): each line of the text is a line of its data.
std::string EventOf(std::string_view text) {
  std::string event = "data: ";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_crlf = text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
    if (is_crlf) continue;
    if (text[i] == '\r' || text[i] == '\n') {
      event += "\ndata: ";
    } else {
      event += text[i];
    }
  }
  return event + "\n\n";
}

}  // namespace

Response CloseSession(const Server& server, const Request& request) {
  auto body = ReadBody(request);
  if (!body.ok()) return BadRequest(body.status());
  const auto code = static_cast<int>(body->Int("code", kLeastCode, {kLeastCode, kMostCode}));
  const std::string reason = body->String("reason", "");
  if (!MayBeSent(code)) {
    body->Fail("code", "no server may send this one (RFC 6455 section 7.4)");
  }
  if (reason.size() > kMaxCloseReasonBytes) {
    body->Fail("reason", absl::StrCat("longer than ", kMaxCloseReasonBytes, " bytes"));
  }
  if (absl::Status status = body->Finish(); !status.ok()) return BadRequest(status);
  return Steer(
      server, request,
      [code, reason](Session& session, Format) {
        session.Close(static_cast<CloseCode>(code), reason);
      },
      [&](const Outcome&) {
        return absl::StrCat("closes (", code, " ", QuoteForLog(reason), ")");
      });
}

Response MessageSession(const Server& server, const Request& request) {
  auto body = ReadBody(request);
  if (!body.ok()) return BadRequest(body.status());
  const std::string text = body->String("text", "");
  if (!body->Has("text")) body->Fail("text", "missing; expected what to send");
  if (absl::Status status = body->Finish(); !status.ok()) return BadRequest(status);
  return Steer(
      server, request,
      [text](Session& session, Format format) {
        const std::string event = format == Format::kEventStream ? EventOf(text) : "";
        session.Send({.type = MessageType::kText, .payload = event.empty() ? text : event});
      },
      [&](const Outcome& outcome) {
        return absl::StrCat("sends ", text.size(), " bytes to",
                            outcome.is_closing ? ", which was too much for," : "");
      });
}

Response AnswerLogLevel(const Request& request) {
  if (request.method == "PUT") {
    auto body = ReadBody(request);
    if (!body.ok()) return BadRequest(body.status());
    const LogLevel level = body->Choice("level", CurrentLogLevel(), kLogLevels);
    if (!body->Has("level")) body->Fail("level", "missing; expected debug, info, warn or error");
    if (absl::Status status = body->Finish(); !status.ok()) return BadRequest(status);
    const std::string_view name =
        std::ranges::find(kLogLevels, level, [](const auto& entry) { return entry.second; })->first;
    LogOperator(request, absl::StrCat("sets the log's level to ", ToAbsl(name)));
    SetLogLevel(level);
  }
  return JsonAnswer({{"level", CurrentLogLevelName()}});
}

}  // namespace fanfare
