// How many connections this process has descriptors for.
#pragma once

#include "absl/status/status.h"
#include "core/config.h"

namespace fanfare {

// Lets the process have as many descriptors as it may (ulimit -n), and the server no more
// connections than that: sets `limits.connections`. The error is for a process that may have too
// few to serve anybody. Thread: the main one.
absl::Status FitConnectionsToDescriptors(Config& config);

}  // namespace fanfare
