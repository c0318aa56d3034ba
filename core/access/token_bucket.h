// A limit on how often something may happen.
#pragma once

#include <chrono>
#include <cstdint>

namespace fanfare {

// How fast a bucket fills, and how many tokens it holds when it is full.
struct TokenRate {
  // Above 0.
  std::uint64_t per_second;
  std::uint64_t burst;

  // In how long so many tokens come. They are 2^33 at most, or this overflows.
  std::chrono::nanoseconds TimeOf(std::uint64_t tokens) const {
    constexpr std::uint64_t kSecond = 1'000'000'000;
    return std::chrono::nanoseconds(static_cast<std::int64_t>(tokens * kSecond / per_second));
  }
};

// Tokens that come at a rate, and are taken by what is limited. It is full at first, and may be
// taken more from than there is: then it is in debt. It is kept as nothing but the time at which it
// will be full: there may be many buckets of one rate.
//
// Thread: one at a time. Time never goes backwards.
class TokenBucket {
 public:
  using Time = std::chrono::steady_clock::time_point;

  void Take(const TokenRate& rate, std::uint64_t tokens, Time now) {
    if (full_at_ < now) full_at_ = now;
    full_at_ += rate.TimeOf(tokens);
  }
  // From when on there are so many, if none are taken before; of 0 tokens, when it is out of debt.
  // REQUIRES: it can hold them.
  Time ReadyAt(const TokenRate& rate, std::uint64_t tokens) const {
    return full_at_ - rate.TimeOf(rate.burst - tokens);
  }
  // Takes them if they are there.
  bool TakeIfReady(const TokenRate& rate, std::uint64_t tokens, Time now) {
    if (ReadyAt(rate, tokens) > now) return false;
    Take(rate, tokens, now);
    return true;
  }
  // Then it is like a new one.
  bool IsFull(Time now) const { return full_at_ <= now; }

 private:
  // The clock's zero: always.
  Time full_at_{};
};

}  // namespace fanfare
