// Things that happen at a fixed rate.
#pragma once

#include <cstdint>
#include <limits>

namespace fanfare::bench {

// The times of events at a fixed rate, counted from 0, the first of them at the start. Each follows
// from its number, not from when the one before was done: who is late catches up, and rounding does
// not add up. A rate of 0 is never.
class Schedule {
 public:
  Schedule() = default;
  Schedule(std::uint64_t start, double per_second)
      : start_(start), interval_(per_second > 0 ? 1e9 / per_second : 0) {}

  // When the next event is due.
  std::uint64_t next() const { return interval_ > 0 ? TimeOf(done_) : kNever; }
  // Which one that is.
  std::uint64_t number() const { return done_; }
  bool IsDue(std::uint64_t now) const { return next() <= now; }
  void Advance() { ++done_; }

  // Events that are due before `end` and have not been taken by Advance.
  std::uint64_t LeftBefore(std::uint64_t end) const {
    std::uint64_t left = 0;
    if (next() < end) {
      left = static_cast<std::uint64_t>(static_cast<double>(end - next()) / interval_);
      // What rounding may hide: the event right at, or right before, the end.
      left += TimeOf(done_ + left) < end ? 1 : 0;
    }
    return left;
  }

 private:
  static constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

  std::uint64_t TimeOf(std::uint64_t number) const {
    return start_ + static_cast<std::uint64_t>(static_cast<double>(number) * interval_);
  }

  std::uint64_t start_ = 0;
  // In nanoseconds.
  double interval_ = 0;
  std::uint64_t done_ = 0;
};

}  // namespace fanfare::bench
