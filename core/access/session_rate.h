// How much one session may send.
#pragma once

#include <cstddef>
#include <string_view>

#include "core/access/token_bucket.h"
#include "core/limits.h"

namespace fanfare {

// `limits.messages_per_second` and `limits.bytes_per_second` of one session: it may send at these
// rates, and one second's worth at once. Above that it is to wait, and so, by TCP, is its peer.
// Who has to wait again and again, with no lull in between, for more than half of
// `limits.rate_seconds`, is to be warned, and for more than all of it, sends too much.
//
// Thread: one at a time. Allocates nothing.
class SessionRate {
 public:
  using Time = TokenBucket::Time;

  enum class Verdict {
    kGoOn,
    // Read no more before ready_at().
    kWait,
    // Likewise; and tell it so, which is said once.
    kWarn,
    kTooMuch,
  };

  // Whether there is any limit to watch.
  static bool IsLimited(const Limits& limits) {
    return limits.messages_per_second != 0 || limits.bytes_per_second != 0;
  }

  explicit SessionRate(const Limits& limits);

  // What came is counted in any case.
  Verdict CountMessage(Time now);
  Verdict CountBytes(std::size_t bytes, Time now);

  // Since the last kWait: when to read on, and the setting that is to blame.
  Time ready_at() const { return ready_at_; }
  std::string_view setting() const;
  // How much longer it may go on like this.
  Time::duration Left(Time now) const { return waits_since_ + patience_ - now; }

 private:
  Verdict Judge(Time now);

  // None with a rate of 0.
  const TokenRate message_rate_;
  const TokenRate byte_rate_;
  const std::chrono::seconds patience_;
  TokenBucket messages_;
  TokenBucket bytes_;
  Time ready_at_{};
  // When it first had to wait, without a lull since.
  Time waits_since_{};
  // For that.
  bool is_warned_ = false;
  bool is_about_bytes_ = false;
};

}  // namespace fanfare
