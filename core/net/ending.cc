#include "core/net/ending.h"

#include <boost/asio/error.hpp>
#include <boost/beast/websocket/error.hpp>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "core/compat.h"
#include "core/log_text.h"
#include "core/utf8.h"

namespace fanfare {
namespace {

namespace websocket = beast::websocket;

// Final, opcode 8.
constexpr char kCloseFrameStart = static_cast<char>(0x88);

// The code that Beast closed with by itself, or 0.
unsigned CodeOf(error_code ec) {
  if (ec == websocket::error::message_too_big || ec == websocket::error::buffer_overflow) {
    return static_cast<unsigned>(CloseCode::kMessageTooBig);
  }
  if (ec == websocket::error::bad_frame_payload) {
    return static_cast<unsigned>(CloseCode::kInvalidPayload);
  }
  if (ec == websocket::condition::protocol_violation) {
    return static_cast<unsigned>(CloseCode::kProtocolError);
  }
  return 0;
}

}  // namespace

std::string_view CutReason(std::string_view text) {
  return CutUtf8(text, kMaxCloseReasonBytes);
}

std::string CloseFrame(CloseCode code, std::string_view reason) {
  const auto value = static_cast<std::uint16_t>(code);
  std::string frame = {kCloseFrameStart, static_cast<char>(2 + reason.size()),
                       static_cast<char>(value >> 8), static_cast<char>(value)};
  return frame.append(reason);
}

Ending EndingOf(error_code ec, const websocket::close_reason& peers) {
  if (ec == websocket::error::closed) {
    const bool has_code = peers.code != websocket::close_code::no_status;
    return {.code = has_code ? peers.code : 0U, .reason = std::string(ToStd(peers.reason))};
  }
  if (ec == net::error::eof) return {.reason = "closed without a close frame"};
  return {.code = CodeOf(ec), .reason = ec.message()};
}

std::string DrainReason(DrainCause cause, std::chrono::milliseconds retry) {
  const char* const what =
      cause == DrainCause::kStop ? "the server stops" : "what is served here has changed";
  return absl::StrCat(what, "; retry in ", retry.count(), " ms");
}

std::string ToText(const Ending& ending) {
  std::string reason = EscapeForLog(ending.reason);
  if (ending.code == 0) return reason;
  if (reason.empty()) return absl::StrCat(ending.code);
  return absl::StrCat(ending.code, " \"", reason, "\"");
}

void LogEnding(const LogSubject& session, const Ending& ending) {
  const std::string why = ToText(ending);
  const std::string text = why.empty() ? "disconnected" : absl::StrCat("disconnected (", why, ")");
  const LogField::Value code =
      ending.code == 0 ? LogField::Value() : LogField::Value(std::uint64_t{ending.code});
  WriteLog(LogEvent::kDisconnected,
           {.about = session, .text = text, .fields = {{"code", code}, {"reason", ending.reason}}});
}

}  // namespace fanfare
