// How much one session may send.
#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

#include "core/access/token_bucket.h"
#include "core/limits.h"

namespace fanfare {

// `limits.messages_per_second` and `limits.bytes_per_second` of one session: it may send at these
// rates, and one second's worth at once. Who owes something is to wait, and so, by TCP, is its
// peer.
//
// What it has waited adds up, and what it has not is taken off that again; and all of it, when it
// may send one second's worth at once again. So whoever keeps to its rates over time, in whatever
// bursts, comes back to nothing; who never stops has soon waited for `limits.rate_seconds`, and
// sends too much. At half of them it is to be warned, and always before.
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

  // Whoever is to wait waits for so long at least: what comes meanwhile is read at once.
  static constexpr std::chrono::milliseconds kLeastWait{20};

  // Whether there is any limit to watch.
  static bool IsLimited(const Limits& limits) {
    return limits.messages_per_second != 0 || limits.bytes_per_second != 0;
  }

  explicit SessionRate(const Limits& limits);

  // What came is counted in any case.
  Verdict CountMessage(Time now);
  Verdict CountBytes(std::size_t bytes, Time now);
  // It is read from again, which may be later than it could have been: then it has neither waited
  // nor paused.
  void Resume(Time now);

  // Since it was last told to wait: when to read on, and the setting that is to blame.
  Time ready_at() const { return ready_at_; }
  std::string_view setting() const;
  // How much longer it may go on like this.
  Time::duration left() const { return patience_ - waited_; }

 private:
  // Before something is taken from the buckets, and after it.
  void AddUp(Time now);
  Verdict Judge(Time now);

  // None with a rate of 0.
  const TokenRate message_rate_;
  const TokenRate byte_rate_;
  const Time::duration patience_;
  TokenBucket messages_;
  TokenBucket bytes_;
  // It waits until then.
  Time ready_at_{};
  // How long it has waited, more than it has not, until `counted_at_`.
  Time::duration waited_{};
  Time counted_at_{};
  // For this.
  bool is_warned_ = false;
  bool is_about_bytes_ = false;
};

}  // namespace fanfare
