// The benchmark that compares rooms of JSON clients with plain ones.
#pragma once

#include <benchmark/benchmark.h>

#include "absl/status/status.h"
#include "bench/load_client.h"
#include "bench/machine.h"

namespace fanfare::bench {

// What a room of the JSON protocol costs beyond a plain one, and what it may cost.
struct AgainstPlainCase {
  Traffic::Pace pace = Traffic::Pace::kLockstep;
  int publishers = 1;
  // In each round; see AgainstFloorCase.
  int messages_per_publisher = 1;
  // The goal: how many times a plain room's CPU time per delivery a JSON room's may be.
  double goal = 1;
};

// Runs the same traffic by turns in three rooms of 500 clients, each of a server of its own on one
// processor: a plain one, one of JSON clients, and a plain one whose messages are as large as the
// frames of the JSON room. The last tells the two parts of what JSON costs: larger frames for
// each delivery, and reading, naming and recording each message. Reports the goal; fails for
// incorrect deliveries only.
absl::Status RunAgainstPlain(const AgainstPlainCase& options, const Processors& processors,
                             benchmark::State& state);

}  // namespace fanfare::bench
