// The clock of all measurements.
#pragma once

#include <chrono>
#include <cstdint>

namespace fanfare::bench {

constexpr std::uint64_t Nanoseconds(std::chrono::nanoseconds duration) {
  return static_cast<std::uint64_t>(duration.count());
}

// Nanoseconds of the monotonic clock, which all processes of a machine share.
inline std::uint64_t Now() {
  return Nanoseconds(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace fanfare::bench
