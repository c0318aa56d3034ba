// A shard that does not turn.
#pragma once

#include <future>
#include <utility>

#include "core/shard.h"

namespace fanfare::testing {

// Keeps a shard from all else until it is released.
class StuckShard {
 public:
  explicit StuckShard(Shard& shard) {
    shard.Post([released = released_.get_future().share()] { released.wait(); });
  }
  ~StuckShard() { Release(); }
  StuckShard(const StuckShard&) = delete;
  StuckShard& operator=(const StuckShard&) = delete;

  void Release() {
    if (!std::exchange(is_released_, true)) released_.set_value();
  }

 private:
  std::promise<void> released_;
  bool is_released_ = false;
};

}  // namespace fanfare::testing
