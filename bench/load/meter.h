// What a load and its server use.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

#include "bench/clock.h"
#include "bench/process_usage.h"

namespace fanfare::bench {

// A look at the clocks: two of them make a measurement.
struct Reading {
  std::uint64_t time = 0;
  std::int64_t server_cpu = 0;
  std::int64_t server_rss = 0;
  std::int64_t load_cpu = 0;
};

// Reads the clocks of a server, which may have several processes or be none, and of this process.
inline Reading ReadMeters(const std::vector<pid_t>& server) {
  Reading reading{.time = Now(), .load_cpu = CpuNanoseconds(0)};
  for (const pid_t pid : server) {
    reading.server_cpu += CpuNanoseconds(pid);
    reading.server_rss += ResidentBytes(pid);
  }
  return reading;
}

}  // namespace fanfare::bench
