#include "core/access/session_rate.h"

#include <algorithm>
#include <utility>

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
  AddUp(now);
  messages_.Take(message_rate_, 1, now);
  return Judge(now);
}

SessionRate::Verdict SessionRate::CountBytes(std::size_t bytes, Time now) {
  if (byte_rate_.per_second == 0) return Verdict::kGoOn;
  AddUp(now);
  bytes_.Take(byte_rate_, bytes, now);
  return Judge(now);
}

std::string_view SessionRate::setting() const {
  return is_about_bytes_ ? "limits.bytes_per_second" : "limits.messages_per_second";
}

void SessionRate::Resume(Time now) {
  AddUp(std::min(ready_at_, now));
  counted_at_ = now;
}

void SessionRate::AddUp(Time now) {
  if (now < counted_at_) return;
  const Time waited_until = std::clamp(ready_at_, counted_at_, now);
  waited_ += (waited_until - counted_at_) - (now - waited_until);
  counted_at_ = now;
  // One that is not taken from is always full.
  const bool are_full = messages_.IsFull(now) && bytes_.IsFull(now);
  if (waited_ > Time::duration::zero() && !are_full) return;
  waited_ = Time::duration::zero();
  is_warned_ = false;
}

SessionRate::Verdict SessionRate::Judge(Time now) {
  const Time messages =
      message_rate_.per_second == 0 ? Time() : messages_.ReadyAt(message_rate_, 0);
  const Time bytes = byte_rate_.per_second == 0 ? Time() : bytes_.ReadyAt(byte_rate_, 0);
  const Time ready = std::max(messages, bytes);
  if (ready <= now) return Verdict::kGoOn;
  ready_at_ = std::max(ready, now + kLeastWait);
  is_about_bytes_ = bytes > messages;
  if (waited_ <= patience_ / 2) return Verdict::kWait;
  if (!std::exchange(is_warned_, true)) return Verdict::kWarn;
  return waited_ > patience_ ? Verdict::kTooMuch : Verdict::kWait;
}

}  // namespace fanfare
