// Says how far a load is.
#pragma once

#include <cstdint>
#include <string>

#include "bench/clock.h"

namespace fanfare::bench {

// On a terminal one line of standard error that is written anew every second, elsewhere a line
// every five.
class Progress {
 public:
  Progress();
  // Leaves the terminal at the start of an empty line.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  bool IsDue(std::uint64_t now) const { return now >= next_; }
  std::uint64_t next() const { return next_; }
  void Show(std::uint64_t now, const std::string& line);

 private:
  const bool terminal_;
  const std::uint64_t interval_;
  std::uint64_t next_;
};

}  // namespace fanfare::bench
