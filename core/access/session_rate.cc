#include "core/access/session_rate.h"

#include <algorithm>

namespace fanfare {
namespace {

// Who may read on, and has not used up what came meanwhile for so long, is no longer above its
// rate.
constexpr std::chrono::seconds kLull{1};

// One second's worth at once.
TokenRate RateOf(std::size_t per_second) {
  return {.per_second = per_second, .burst = per_second};
}

}  // namespace

SessionRate::SessionRate(const Limits& limits)
    : message_rate_(RateOf(limits.messages_per_second)),
      byte_rate_(RateOf(limits.bytes_per_second)),
      patience_(limits.rate_time) {}

SessionRate::Verdict SessionRate::CountMessage(Time now) {
  if (message_rate_.per_second == 0) return Verdict::kGoOn;
  messages_.Take(message_rate_, 1, now);
  return Judge(now);
}

SessionRate::Verdict SessionRate::CountBytes(std::size_t bytes, Time now) {
  if (byte_rate_.per_second == 0) return Verdict::kGoOn;
  bytes_.Take(byte_rate_, bytes, now);
  return Judge(now);
}

std::string_view SessionRate::setting() const {
  return is_about_bytes_ ? "limits.bytes_per_second" : "limits.messages_per_second";
}

SessionRate::Verdict SessionRate::Judge(Time now) {
  // The next message is one; how large it is, nobody knows.
  const Time messages =
      message_rate_.per_second == 0 ? Time() : messages_.ReadyAt(message_rate_, 1);
  const Time bytes = byte_rate_.per_second == 0 ? Time() : bytes_.ReadyAt(byte_rate_, 0);
  const Time ready = std::max(messages, bytes);
  if (ready <= now) return Verdict::kGoOn;
  if (now - ready_at_ > kLull) {
    waits_since_ = now;
    is_warned_ = false;
  }
  ready_at_ = ready;
  is_about_bytes_ = bytes > messages;
  const Time::duration waits = now - waits_since_;
  if (waits > patience_) return Verdict::kTooMuch;
  if (waits <= Time::duration(patience_) / 2 || is_warned_) return Verdict::kWait;
  is_warned_ = true;
  return Verdict::kWarn;
}

}  // namespace fanfare
