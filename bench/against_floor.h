// The benchmark that compares Fanfare with the floor.
#pragma once

#include <benchmark/benchmark.h>

#include "absl/status/status.h"
#include "bench/load_client.h"
#include "bench/machine.h"

namespace fanfare::bench {

// What Fanfare costs beyond the floor, and what it may cost.
struct AgainstFloorCase {
  Traffic::Pace pace = Traffic::Pace::kLockstep;
  int publishers = 1;
  // In each round, so that a round is long enough for reading the CPU clocks to cost nothing, and
  // short enough for a machine's noise to meet both rounds of a pair.
  int messages_per_publisher = 1;
  // The goal: how many times the floor's CPU time per delivery Fanfare's may be.
  double goal = 1;
};

// Runs the same traffic by turns on Fanfare and on the floor, both on one processor and with their
// own 500 clients, a pair of short rounds per iteration. The median over the pairs' ratios means
// something even on a noisy machine, where nanoseconds do not. Reports the goal; fails
// for incorrect deliveries only.
absl::Status RunAgainstFloor(const AgainstFloorCase& options, const Processors& processors,
                             benchmark::State& state);

}  // namespace fanfare::bench
