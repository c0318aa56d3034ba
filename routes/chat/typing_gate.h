// How often somebody is told to be typing.
#pragma once

#include <chrono>
#include <utility>

#include "routes/chat/protocol.h"

namespace fanfare::chat {

// Decides which of a member's "typing" and "not typing any more" are passed on: none that says what
// is known, unless `kTypingPause` has passed since.
class TypingGate {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Whether it is passed on, which the caller then does.
  bool Pass(bool on, Time now) {
    if (!on) return std::exchange(is_on_, false);
    if (is_on_ && now - last_on_ < kTypingPause) return false;
    last_on_ = now;
    is_on_ = true;
    return true;
  }

  // A message says that its author types no more.
  void Said() { is_on_ = false; }

 private:
  bool is_on_ = false;
  // Of the last one that was passed on.
  Time last_on_ = {};
};

}  // namespace fanfare::chat
