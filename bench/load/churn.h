// Who comes and goes while others talk.
#pragma once

#include <cstddef>
#include <cstdint>

#include "bench/load/schedule.h"
#include "bench/roster.h"

namespace fanfare::bench {

// Takes the connections that neither publish nor stall in turn, at a fixed rate.
class Churn {
 public:
  explicit Churn(const Roster& roster) : roster_(roster), next_(roster.publishers) {}

  void Start(std::uint64_t now, double per_second) { schedule_ = Schedule(now, per_second); }
  std::uint64_t NextDue() const { return schedule_.next(); }
  bool IsDue(std::uint64_t now) const { return schedule_.IsDue(now); }

  // Whose turn it is.
  std::size_t Take() {
    schedule_.Advance();
    const std::size_t taken = next_++;
    if (!roster_.Reads(next_)) {
      next_ = roster_.publishers;
    }
    return taken;
  }

 private:
  Roster roster_;
  Schedule schedule_;
  std::size_t next_;
};

}  // namespace fanfare::bench
