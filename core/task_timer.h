// Runs tasks later.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "core/shard.h"

namespace fanfare {

// Runs tasks on a shard's thread when their time has come; those that were asked for before there
// is a shard, counting from when there is one. What is left when the shard ends does not run.
//
// Thread: any. Lifetime: After must not be called when the shard is gone.
class TaskTimer {
 public:
  void After(std::chrono::milliseconds delay, std::function<void()> task);
  // Called once, while the shard's loop runs or before.
  void Start(Shard& shard);

 private:
  using Task = std::pair<std::chrono::milliseconds, std::function<void()>>;

  static void Schedule(Shard& shard, Task task);

  std::mutex mutex_;
  Shard* shard_ = nullptr;
  std::vector<Task> early_;
};

}  // namespace fanfare
