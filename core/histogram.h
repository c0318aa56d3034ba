// How a kind of durations is distributed.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "core/counter.h"

namespace fanfare {

// Durations, counted in buckets. Thread: one records; any thread may read, and sees each count as
// of some moment. Recording allocates nothing and takes no locked instruction.
class Histogram {
 public:
  using Duration = std::chrono::nanoseconds;

  // The upper bounds of the buckets, each included; what is above the last is in one more.
  static constexpr std::array<Duration, 14> kBounds = {
      std::chrono::microseconds(10),   std::chrono::microseconds(50),
      std::chrono::microseconds(100),  std::chrono::microseconds(250),
      std::chrono::microseconds(500),  std::chrono::milliseconds(1),
      std::chrono::microseconds(2500), std::chrono::milliseconds(5),
      std::chrono::milliseconds(10),   std::chrono::milliseconds(25),
      std::chrono::milliseconds(100),  std::chrono::milliseconds(250),
      std::chrono::seconds(1),         std::chrono::seconds(5)};

  void Record(Duration duration) {
    const auto* const bucket = std::ranges::lower_bound(kBounds, duration);
    counts_[static_cast<std::size_t>(bucket - kBounds.begin())].Add();
    sum_.Add(static_cast<std::uint64_t>(std::max(duration, Duration::zero()).count()));
  }

  // Of each bucket; the last one's are those above all bounds.
  std::uint64_t count(std::size_t bucket) const { return counts_[bucket].value(); }
  Duration sum() const { return Duration(sum_.value()); }

 private:
  std::array<Counter, kBounds.size() + 1> counts_;
  Counter sum_;
};

}  // namespace fanfare
