// Has the shards of a server do something, and waits for them.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "core/shard.h"

namespace fanfare {

// A step of a start, a reload or a stop.
struct ShardStep {
  // Called by a shard that has done its part; once.
  using Done = std::function<void()>;

  // Runs on each shard's own thread.
  std::function<void(Shard& shard, Done done)> task;
  // Runs once all have called Done, on the thread of the last, before the wait ends. May be null.
  std::function<void()> at_end = nullptr;
};

// Starts it on every one of the shards, and waits until all have called Done or the deadline has
// passed. Returns the numbers of those that have not by then; one that is stuck goes on with it
// when it runs again.
//
// Its queue holds the step until then. It may be destroyed with the step in it, and after other
// shards: so a step owns nothing that must end before one of them does.
//
// Thread: any but a shard's.
std::vector<std::size_t> OnEveryShard(std::span<const std::unique_ptr<Shard>> shards,
                                      ShardStep step,
                                      std::chrono::steady_clock::time_point deadline);

}  // namespace fanfare
