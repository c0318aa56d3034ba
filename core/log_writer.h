// Writes the log.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace fanfare {

// Gathers lines, and writes them to a file from a thread of its own, in the order in which they
// came. A line is written at once, unless others were within the last few milliseconds: these are
// written together.
//
// Whoever logs never waits. While the file does not take anything (a pipe whose reader has
// stopped), kMaxWaitingBytes wait, and what comes then is lost; so is what the file refuses (a full
// disk, a pipe without a reader). As soon as something can be written again, a line at that place
// says how many were lost.
//
// Thread: any.
class LogWriter {
 public:
  // Enough for what all shards log while the thread waits for a core.
  static constexpr std::size_t kMaxWaitingBytes = std::size_t{8} * 1024 * 1024;

  struct Hooks {
    // The line, with its end, that says how many were lost.
    std::function<std::string(std::uint64_t lines)> lost;
    // Called about once in a second; may call Append.
    std::function<void()> tick;
  };

  // The descriptor is not closed.
  LogWriter(int file, Hooks hooks);
  ~LogWriter();
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  // One line, with its end.
  void Append(std::string_view line);

  // Writes what is left, for as long as the file takes. What is appended from now on may be lost.
  void Stop();

  // How many lines were lost so far.
  std::uint64_t lost() const;

 private:
  void Run();
  void Write(std::string& lines);

  const int file_;
  const Hooks hooks_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::string waiting_;
  // There was no room for them; not told yet.
  std::uint64_t left_out_ = 0;
  std::uint64_t lost_ = 0;
  bool stop_ = false;

  // Of the writing thread: the file refused so many lines, which is not told yet; and whether it
  // took a part of a line last.
  std::uint64_t refused_ = 0;
  bool is_torn_ = false;

  std::thread thread_;
};

}  // namespace fanfare
