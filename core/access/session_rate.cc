#include "core/access/session_rate.h"

#include <algorithm>

namespace fanfare {
namespace {

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
  AddUp(now);
  const Time messages =
      message_rate_.per_second == 0 ? Time() : messages_.ReadyAt(message_rate_, 0);
  const Time bytes = byte_rate_.per_second == 0 ? Time() : bytes_.ReadyAt(byte_rate_, 0);
  const Time ready = std::max(messages, bytes);
  if (ready <= now) return Verdict::kGoOn;
  ready_at_ = std::max(ready, now + kLeastWait);
  is_about_bytes_ = bytes > messages;
  if (waited_ > patience_) return Verdict::kTooMuch;
  if (waited_ <= patience_ / 2 || is_warned_) return Verdict::kWait;
  is_warned_ = true;
  return Verdict::kWarn;
}

void SessionRate::AddUp(Time now) {
  const Time waited_until = std::clamp(ready_at_, counted_at_, now);
  waited_ += (waited_until - counted_at_) - (now - waited_until);
  counted_at_ = now;
  if (waited_ > Time::duration::zero()) return;
  waited_ = Time::duration::zero();
  is_warned_ = false;
}

}  // namespace fanfare
