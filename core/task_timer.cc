#include "core/task_timer.h"

#include <memory>

#include "core/net/net.h"

namespace fanfare {

void TaskTimer::After(std::chrono::milliseconds delay, std::function<void()> task) {
  const std::lock_guard lock(mutex_);
  if (shard_ == nullptr) {
    early_.emplace_back(delay, std::move(task));
  } else {
    Schedule(*shard_, {delay, std::move(task)});
  }
}

void TaskTimer::Start(Shard& shard) {
  const std::lock_guard lock(mutex_);
  shard_ = &shard;
  for (Task& task : early_) Schedule(shard, std::move(task));
  early_.clear();
}

void TaskTimer::Schedule(Shard& shard, Task task) {
  shard.Post([&shard, task = std::move(task)] {
    auto timer = std::make_shared<Timer>(shard.context());
    timer->expires_after(task.first);
    timer->async_wait([timer, run = task.second](error_code ec) {
      if (!ec) run();
    });
  });
}

}  // namespace fanfare
