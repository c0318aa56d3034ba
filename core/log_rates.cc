#include "core/log_rates.h"

#include <utility>

namespace fanfare {

bool LogRates::Take(std::size_t kind, std::uint64_t most, Time now, std::vector<LeftOut>& over) {
  const std::lock_guard lock(mutex_);
  Roll(now, over);
  if (lines_[kind] >= most) {
    ++left_out_[kind];
    return false;
  }
  ++lines_[kind];
  return true;
}

std::vector<LogRates::LeftOut> LogRates::TakeLeftOut(Time now) {
  std::vector<LeftOut> over;
  const std::lock_guard lock(mutex_);
  Roll(now, over);
  return over;
}

void LogRates::Roll(Time now, std::vector<LeftOut>& over) {
  // A thread may come here with a time that it read before another did.
  if (now < start_ + std::chrono::seconds(1)) return;
  start_ = now == Time::max() ? Time() : now;
  lines_ = {};
  for (std::size_t kind = 0; kind < kMaxKinds; ++kind) {
    const std::uint64_t lines = std::exchange(left_out_[kind], 0);
    if (lines > 0) over.push_back({.kind = kind, .lines = lines});
  }
}

}  // namespace fanfare
