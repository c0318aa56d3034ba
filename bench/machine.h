// What a benchmark asks of its machine: processors and descriptors.
#pragma once

#include <optional>

#include "absl/status/status.h"

namespace fanfare::bench {

// The processors that a benchmark divides: servers run on one and the load on another, so that
// neither takes time or cache from the other. Both are none where there is only one processor.
struct Processors {
  std::optional<int> server;
  std::optional<int> load;
};

// The first two processors that this process may run on. Ask before pinning anything.
Processors DivideProcessors();

// Keeps the calling thread on `cpu`. Safe to call between fork and exec.
bool PinThisThread(int cpu);

// Raises the limit on open descriptors to the most that this process may have, for itself and for
// the servers that it starts, and checks that it suffices for `clients` connections.
absl::Status AllowConnections(int clients);

}  // namespace fanfare::bench
