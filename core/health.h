// Whether the server is well.
#pragma once

#include <chrono>
#include <string>

#include "core/server.h"

namespace fanfare {

// A shard's timer goes off once a second, and a turn takes some milliseconds: a loop that has not
// turned for so long is held up by something.
inline constexpr std::chrono::seconds kStuckAfter{10};

// A line for each shard whose loop has not turned for so long; empty if all are well. Any thread.
std::string StuckShards(const Server& server, std::chrono::seconds stuck_after = kStuckAfter);

}  // namespace fanfare
