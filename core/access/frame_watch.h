// In how many frames one session may send what it sends.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "core/limits.h"

namespace fanfare {

// `limits.message_frames` and `limits.control_frames_per_second` of one session: frames that bring
// nothing are work, too, and so are new keys of TLS and wishes for another
// handshake, which count as control frames. What it counts
// in a second is a little longer where time is told by a shard's tick.
//
// Thread: one at a time. Allocates nothing.
class FrameWatch {
 public:
  using Time = std::chrono::steady_clock::time_point;

  enum class Verdict {
    kGoOn,
    kMessageTooFragmented,
    kTooManyControlFrames,
  };

  // `message_frames` are those of the message at hand so far; `control_frames` came since the last
  // call.
  Verdict Count(std::size_t message_frames, std::uint64_t control_frames, const Limits& limits,
                Time now) {
    if (message_frames > limits.message_frames) return Verdict::kMessageTooFragmented;
    if (control_frames == 0 || limits.control_frames_per_second == 0) return Verdict::kGoOn;
    if (now - since_ >= kSecond) {
      since_ = now;
      control_frames_ = 0;
    }
    control_frames_ += control_frames;
    return control_frames_ > limits.control_frames_per_second ? Verdict::kTooManyControlFrames
                                                              : Verdict::kGoOn;
  }

 private:
  static constexpr std::chrono::seconds kSecond{1};

  Time since_{};
  std::uint64_t control_frames_ = 0;
};

}  // namespace fanfare
