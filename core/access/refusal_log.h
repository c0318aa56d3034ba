// When to say that somebody was refused.
#pragma once

#include <cstdint>
#include <mutex>
#include <utility>

#include "core/access/token_bucket.h"

namespace fanfare {

// Keeps a flood of refusals out of the log: it is told of at most once per second.
//
// Thread: any.
class RefusalLog {
 public:
  using Time = TokenBucket::Time;

  // Counts one. Returns how many there were since they were last told of, or 0 if it is too early.
  std::uint64_t Count(Time now) {
    const std::lock_guard lock(mutex_);
    ++untold_;
    if (now < tell_at_) return 0;
    tell_at_ = now + kEvery;
    return std::exchange(untold_, 0);
  }

 private:
  static constexpr std::chrono::seconds kEvery{1};

  std::mutex mutex_;
  std::uint64_t untold_ = 0;
  Time tell_at_{};
};

}  // namespace fanfare
