#include "core/logging.h"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "spdlog/sinks/base_sink.h"
#include "spdlog/spdlog.h"

namespace fanfare {
namespace {

// At this many bytes, who logs waits for them to be written.
constexpr std::size_t kMaxWaitingBytes = 1 << 20;
// Between two writes, unless so much waits. With a write for each line, the switches to this thread
// and back took two fifths of all that a connection costs.
constexpr std::chrono::milliseconds kPause(5);
constexpr std::size_t kFullWrite = 64 * 1024;

// Gathers lines, and writes them to standard output from a thread of its own.
class GatheringSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  GatheringSink() : thread_([this] { Write(); }) {}
  ~GatheringSink() override {
    {
      const std::lock_guard lock(waiting_mutex_);
      stop_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }
  GatheringSink(const GatheringSink&) = delete;
  GatheringSink& operator=(const GatheringSink&) = delete;

 protected:
  void sink_it_(const spdlog::details::log_msg& entry) override {
    spdlog::memory_buf_t line;
    formatter_->format(entry, line);
    std::unique_lock lock(waiting_mutex_);
    room_.wait(lock, [this] { return waiting_.size() < kMaxWaitingBytes; });
    const std::size_t before = waiting_.size();
    waiting_.append(line.data(), line.size());
    const bool has_become_full = before < kFullWrite && waiting_.size() >= kFullWrite;
    lock.unlock();
    if (before == 0 || has_become_full) wake_.notify_one();
  }

  // The thread is never late by more than the pause.
  void flush_() override {}

 private:
  void Write() {
    std::string writing;
    std::unique_lock lock(waiting_mutex_);
    while (!stop_ || !waiting_.empty()) {
      wake_.wait(lock, [this] { return stop_ || !waiting_.empty(); });
      writing.clear();
      writing.swap(waiting_);
      lock.unlock();
      room_.notify_all();
      // A log that can not be written is no reason to do anything else than to go on.
      std::fwrite(writing.data(), 1, writing.size(), stdout);
      std::fflush(stdout);
      lock.lock();
      wake_.wait_for(lock, kPause, [this] { return stop_ || waiting_.size() >= kFullWrite; });
    }
  }

  std::mutex waiting_mutex_;
  std::condition_variable wake_;
  std::condition_variable room_;
  std::string waiting_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace

Logging::Logging() {
  auto logger = std::make_shared<spdlog::logger>("server", std::make_shared<GatheringSink>());
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %v");
  spdlog::set_default_logger(std::move(logger));
}

Logging::~Logging() {
  spdlog::shutdown();
}

}  // namespace fanfare
