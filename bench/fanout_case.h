// The benchmark of one room.
#pragma once

#include <benchmark/benchmark.h>

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "bench/machine.h"
#include "bench/subject.h"

namespace fanfare::bench {

// One room: how many clients are in it, how many of them publish, and what.
struct FanoutCase {
  int clients = 1;
  std::size_t message_bytes = 64;
  // One publisher publishes in lockstep: its next message when all clients have the last one. More
  // than one are pipelined: each publishes when it has its own last message back.
  int publishers = 1;
  // Messages under way at once, of each publisher.
  int window = 1;

  std::string Name() const;

  // Messages to publish, so that every case makes about as many deliveries, rounded to the
  // publishers' even shares.
  int Messages() const;
};

// Measures a case; an iteration is a message that has reached every client. Reports latencies,
// throughput, the server's CPU time per delivery and its memory; fails on any message that was
// lost, doubled, changed or overtaken.
absl::Status RunFanout(const FanoutCase& options, const Subject& subject,
                       const Processors& processors, benchmark::State& state);

}  // namespace fanfare::bench
