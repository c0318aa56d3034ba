#include "core/every_shard.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace fanfare {
namespace {

// Which shards have done their part. Shared with them, because a task of one that is stuck may run
// after the wait has ended.
class Roll {
 public:
  Roll(std::size_t count, ShardStep step) : step_(std::move(step)), is_done_(count, false) {}

  void Run(Shard& shard, const std::shared_ptr<Roll>& self, std::size_t index) {
    step_.task(shard, [self, index] { self->Check(index); });
  }
  std::vector<std::size_t> WaitUntil(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    all_done_.wait_until(lock, deadline, [this] { return left() == 0; });
    std::vector<std::size_t> missing;
    for (std::size_t i = 0; i < is_done_.size(); ++i) {
      if (!is_done_[i]) missing.push_back(i);
    }
    return missing;
  }

 private:
  std::size_t left() const { return static_cast<std::size_t>(std::ranges::count(is_done_, false)); }
  void Check(std::size_t index) {
    const std::lock_guard lock(mutex_);
    is_done_[index] = true;
    if (left() > 0) return;
    // First, for when what follows fails; who waits goes on when the lock is free.
    all_done_.notify_all();
    if (step_.at_end) step_.at_end();
  }

  const ShardStep step_;
  std::mutex mutex_;
  std::condition_variable all_done_;
  std::vector<bool> is_done_;
};

}  // namespace

std::vector<std::size_t> OnEveryShard(std::span<const std::unique_ptr<Shard>> shards,
                                      ShardStep step,
                                      std::chrono::steady_clock::time_point deadline) {
  const auto roll = std::make_shared<Roll>(shards.size(), std::move(step));
  for (std::size_t i = 0; i < shards.size(); ++i) {
    shards[i]->Post([roll, i, &shard = *shards[i]] { roll->Run(shard, roll, i); });
  }
  return roll->WaitUntil(deadline);
}

}  // namespace fanfare
