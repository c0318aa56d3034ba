// A number that only grows.
#pragma once

#include <atomic>
#include <cstdint>

namespace fanfare {

// A number that one thread raises and any thread may read: no locked instruction on the hot path.
class Counter {
 public:
  void Add(std::uint64_t n = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

}  // namespace fanfare
