#include "core/log_writer.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>

namespace fanfare {
namespace {

using Clock = std::chrono::steady_clock;

// Between two writes, unless so much waits. With a write for each line, the switches to this thread
// and back took two fifths of all that a connection costs.
constexpr std::chrono::milliseconds kPause(5);
constexpr std::size_t kFullWrite = 64 * 1024;
// What is kept of the memory that many lines took.
constexpr std::size_t kMaxIdleBytes = 1024 * 1024;
constexpr std::chrono::seconds kTick(1);

}  // namespace

LogWriter::LogWriter(int file, Hooks hooks)
    : file_(file), hooks_(std::move(hooks)), thread_([this] { Run(); }) {}

LogWriter::~LogWriter() {
  Stop();
}

void LogWriter::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void LogWriter::Append(std::string_view line) {
  std::unique_lock lock(mutex_);
  const std::size_t before = waiting_.size();
  // A short one that would fit would stand before the place of those that were lost.
  if (left_out_ > 0 || before + line.size() > kMaxWaitingBytes) {
    ++left_out_;
    ++lost_;
    return;
  }
  waiting_.append(line);
  const bool has_become_full = before < kFullWrite && waiting_.size() >= kFullWrite;
  lock.unlock();
  if (before == 0 || has_become_full) wake_.notify_one();
}

std::uint64_t LogWriter::lost() const {
  const std::lock_guard lock(mutex_);
  return lost_;
}

void LogWriter::Run() {
  std::string writing;
  Clock::time_point tick = Clock::now() + kTick;
  std::unique_lock lock(mutex_);
  while (!stop_ || !waiting_.empty()) {
    wake_.wait_until(lock, tick, [this] { return stop_ || !waiting_.empty(); });
    writing.clear();
    if (writing.capacity() > kMaxIdleBytes) writing.shrink_to_fit();
    writing.swap(waiting_);
    // There is room from here on.
    if (left_out_ > 0) waiting_ = hooks_.lost(std::exchange(left_out_, 0));
    lock.unlock();
    if (!writing.empty()) Write(writing);
    if (Clock::now() >= tick) {
      hooks_.tick();
      tick = Clock::now() + kTick;
    }
    lock.lock();
    wake_.wait_for(lock, kPause, [this] { return stop_ || waiting_.size() >= kFullWrite; });
  }
}

// Writes what it can; an error is for the rest of it.
void LogWriter::Write(std::string& lines) {
  // A line that was written in part ends here.
  std::string before = is_torn_ ? "\n" : "";
  const std::uint64_t untold = std::exchange(refused_, 0);
  if (untold > 0) before += hooks_.lost(untold);
  lines.insert(0, before);

  std::string_view rest = lines;
  while (!rest.empty()) {
    const ssize_t written = ::write(file_, rest.data(), rest.size());
    if (written > 0) {
      is_torn_ = rest[static_cast<std::size_t>(written) - 1] != '\n';
      rest.remove_prefix(static_cast<std::size_t>(written));
      continue;
    }
    if (written == 0 || (errno != EINTR && errno != EAGAIN)) break;
    // Somebody else has made the file one that does not wait.
    pollfd waits{.fd = file_, .events = POLLOUT, .revents = 0};
    if (errno == EAGAIN) ::poll(&waits, 1, -1);
  }
  if (rest.empty()) return;

  const bool is_told = lines.size() - rest.size() >= before.size();
  if (!is_told) rest = std::string_view(lines).substr(before.size());
  const auto refused = static_cast<std::uint64_t>(std::ranges::count(rest, '\n'));
  refused_ = refused + (is_told ? 0 : untold);
  const std::lock_guard lock(mutex_);
  lost_ += refused;
}

}  // namespace fanfare
