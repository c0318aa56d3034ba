#include "bench/load/progress.h"

#include <unistd.h>

#include <chrono>
#include <iostream>

namespace fanfare::bench {
namespace {

// Goes to the start of the line and erases it.
constexpr char kAgain[] = "\r\x1B[K";

}  // namespace

Progress::Progress()
    : terminal_(::isatty(STDERR_FILENO) == 1),
      interval_(Nanoseconds(std::chrono::seconds(terminal_ ? 1 : 5))),
      next_(Now() + interval_) {}

Progress::~Progress() {
  if (terminal_) {
    std::cerr << kAgain << std::flush;
  }
}

void Progress::Show(std::uint64_t now, const std::string& line) {
  std::cerr << (terminal_ ? kAgain : "") << line << (terminal_ ? "" : "\n") << std::flush;
  next_ = now + interval_;
}

}  // namespace fanfare::bench
