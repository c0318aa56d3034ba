// Tells the service manager again and again that the server is well, if it wishes to hear that.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace fanfare {

// Asks for the problem, twice within the manager's time (WatchdogSec= of the unit): without one it
// says that the server is well, and with one it tells that instead, so that the manager ends the
// process and starts another when it does not go away.
//
// Thread: one thread makes and destroys it; the question is asked on a thread of its own.
class Watchdog {
 public:
  // Empty when there is none.
  using Problem = std::function<std::string()>;

  // Does nothing where the manager does not wish to hear.
  explicit Watchdog(Problem problem);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  void Run(std::chrono::microseconds pause);

  const Problem problem_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace fanfare
