// How many lines of each kind are logged in a second.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

namespace fanfare {

// Counts lines by kind, second by second; a second begins with the first line after the one before.
//
// Thread: any.
class LogRates {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::size_t kMaxKinds = 32;

  // How many lines of a kind were left out in a second that is over.
  struct LeftOut {
    std::size_t kind = 0;
    std::uint64_t lines = 0;
  };

  // Whether one more line of this kind may be written, of which there may be `most` in a second.
  // When it is the first of a new second, what the one before left out goes to `over`, and is to be
  // told first.
  bool Take(std::size_t kind, std::uint64_t most, Time now, std::vector<LeftOut>& over);

  // What was left out, if the second is over, which it always is at Time::max(); for when no more
  // lines come.
  std::vector<LeftOut> TakeLeftOut(Time now);

 private:
  void Roll(Time now, std::vector<LeftOut>& over);

  std::mutex mutex_;
  Time start_{};
  std::array<std::uint64_t, kMaxKinds> lines_{};
  std::array<std::uint64_t, kMaxKinds> left_out_{};
};

}  // namespace fanfare
