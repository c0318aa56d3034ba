// Why a WebSocket connection is closed.
#pragma once

#include <cstddef>
#include <cstdint>

namespace fanfare {

// Status codes of a close frame: RFC 6455 section 7.4.1, and its IANA registry for 1012 and above.
enum class CloseCode : std::uint16_t {
  kNormal = 1000,
  kGoingAway = 1001,
  kProtocolError = 1002,
  kUnsupportedData = 1003,
  // Of a close frame without a code; never sent.
  kNoStatus = 1005,
  kInvalidPayload = 1007,
  kPolicyViolation = 1008,
  kMessageTooBig = 1009,
  kInternalError = 1011,
  kServiceRestart = 1012,
  kTryAgainLater = 1013,
  // Of our own (4000 and above): the session's token has expired (core/auth).
  kTokenExpired = 4401,
};

// The most bytes that a close frame's reason may have: a control frame's payload is at most 125
// bytes (RFC 6455 section 5.5), of which the code takes two.
inline constexpr std::size_t kMaxCloseReasonBytes = 123;

}  // namespace fanfare
