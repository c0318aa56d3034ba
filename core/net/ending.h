// How a WebSocket session ends: the close frame that we send, and what the log says.
#pragma once

#include <boost/beast/websocket/rfc6455.hpp>
#include <chrono>
#include <string>
#include <string_view>

#include "core/close_code.h"
#include "core/drain.h"
#include "core/event_log.h"
#include "core/net/net.h"

namespace fanfare {

// Why a session ended, as far as it is known.
struct Ending {
  // The close frame's code (RFC 6455 section 7.4); 0 when there was none.
  unsigned code = 0;
  std::string reason = {};
};

// The longest part of `text` that fits a close frame and ends between two characters.
std::string_view CutReason(std::string_view text);

// A close frame as a server sends it (RFC 6455 section 5.5.1). REQUIRES: the reason fits.
std::string CloseFrame(CloseCode code, std::string_view reason);

// What ended a session that we did not close ourselves: the peer's close frame, the one that Beast
// sent for a fault of the peer's, or the end of the connection. `ec` is what reading ended with,
// and `peers` what Beast knows of the peer's close frame.
Ending EndingOf(error_code ec, const beast::websocket::close_reason& peers);

// What a peer that is drained is told. Clients read from it after which time to come back.
std::string DrainReason(DrainCause cause, std::chrono::milliseconds retry);

// In words: `1000`, `1001 "going away"`, `closed without a close frame`; or nothing.
std::string ToText(const Ending& ending);

// The last line of a session: `disconnected (1000)`.
void LogEnding(const LogSubject& session, const Ending& ending);

}  // namespace fanfare
