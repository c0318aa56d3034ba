#include "core/watchdog.h"

#include <utility>

#include "core/service_manager.h"

namespace fanfare {

Watchdog::Watchdog(Problem problem) : problem_(std::move(problem)) {
  const auto time = WatchdogTime();
  if (!time.has_value()) return;
  thread_ = std::thread([this, pause = *time / 2] { Run(pause); });
}

Watchdog::~Watchdog() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Watchdog::Run(std::chrono::microseconds pause) {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    if (const std::string problem = problem_(); problem.empty()) {
      NotifyWatchdog();
    } else {
      NotifyStatus(problem);
    }
    wake_.wait_for(lock, pause, [this] { return stop_; });
  }
}

}  // namespace fanfare
