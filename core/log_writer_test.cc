#include "core/log_writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <string>
#include <thread>
#include <utility>

#include "core/unique_fd.h"

namespace fanfare {
namespace {

struct Pipe {
  UniqueFd read;
  UniqueFd write;
};

Pipe MakePipe() {
  int ends[2] = {-1, -1};
  if (pipe2(ends, O_CLOEXEC) != 0) std::abort();
  return {.read = UniqueFd(ends[0]), .write = UniqueFd(ends[1])};
}

LogWriter::Hooks TestHooks() {
  return {.lost = [](std::uint64_t lines) { return "lost " + std::to_string(lines) + "\n"; },
          .tick = [] {}};
}

std::string ReadAll(int file) {
  std::string all;
  std::array<char, 64 * 1024> buffer{};
  for (ssize_t bytes = 0; (bytes = ::read(file, buffer.data(), buffer.size())) > 0;) {
    all.append(buffer.data(), static_cast<std::size_t>(bytes));
  }
  return all;
}

template <class Condition>
bool WaitUntil(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

// The lines of many threads, each one's in order and all of them.
TEST(LogWriterTest, LosesNothing) {
  constexpr int kThreads = 3;
  constexpr int kLines = 20'000;
  Pipe pipe = MakePipe();
  std::string text;
  std::thread reader([&] { text = ReadAll(pipe.read.get()); });
  {
    LogWriter writer(pipe.write.get(), TestHooks());
    std::array<std::thread, kThreads> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads[static_cast<std::size_t>(t)] = std::thread([&writer, t] {
        for (int i = 0; i < kLines; ++i) {
          writer.Append(std::to_string(t) + " " + std::to_string(i) + "\n");
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(writer.lost(), 0U);
  }
  pipe.write = UniqueFd();
  reader.join();

  std::array<int, kThreads> next{};
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    const auto thread = static_cast<std::size_t>(text[at] - '0');
    EXPECT_EQ(text.substr(at + 2, end - at - 2), std::to_string(next.at(thread)++));
    at = end + 1;
  }
  for (const int lines : next) EXPECT_EQ(lines, kLines);
}

// Nobody reads: who logs goes on, and what does not fit is told of in its place.
TEST(LogWriterTest, WaitsForNobodyAndTellsWhatIsLost) {
  Pipe pipe = MakePipe();
  LogWriter writer(pipe.write.get(), TestHooks());
  const std::string line = std::string(999, 'x') + "\n";
  // More than waits, and is in the pipe, and being written.
  constexpr std::size_t kLines = 3 * LogWriter::kMaxWaitingBytes / 1000;
  for (std::size_t i = 0; i < kLines; ++i) writer.Append(line);
  const std::uint64_t lost = writer.lost();
  EXPECT_GT(lost, 0U);
  EXPECT_LT(lost, kLines);

  std::string text;
  std::thread reader([&] { text = ReadAll(pipe.read.get()); });
  // There is room again, at some time.
  EXPECT_TRUE(WaitUntil([&] {
    const std::uint64_t before = writer.lost();
    writer.Append("after\n");
    return writer.lost() == before;
  }));
  writer.Stop();
  const std::uint64_t all_lost = writer.lost();
  pipe.write = UniqueFd();
  reader.join();
  std::string expected;
  for (std::size_t i = 0; i < kLines - lost; ++i) expected += line;
  expected += "lost " + std::to_string(all_lost) + "\nafter\n";
  // Too long to be shown.
  EXPECT_TRUE(text == expected);
}

// A disk that is full: the same.
TEST(LogWriterTest, AFileThatTakesNothingCostsLinesAndNothingElse) {
  const UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  ASSERT_GE(full.get(), 0);
  LogWriter writer(full.get(), TestHooks());
  for (int i = 0; i < 5; ++i) writer.Append("line\n");
  EXPECT_TRUE(WaitUntil([&] { return writer.lost() == 5; }));
  writer.Append("line\n");
  EXPECT_TRUE(WaitUntil([&] { return writer.lost() == 6; }));
}

// A disk that becomes full within a line, and has room again later.
TEST(LogWriterTest, TellsWhatWasRefusedOnALineOfItsOwn) {
  std::string name = testing::TempDir() + "log_writer_XXXXXX";
  const UniqueFd file(::mkstemp(name.data()));
  ASSERT_GE(file.get(), 0);
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit largest{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &largest), 0);
  rlimit small = largest;
  small.rlim_cur = 8;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  {
    LogWriter writer(file.get(), TestHooks());
    writer.Append("line\n");
    writer.Append("line\n");
    EXPECT_TRUE(WaitUntil([&] { return writer.lost() == 1; }));
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &largest), 0);
    writer.Append("after\n");
  }
  ASSERT_EQ(::lseek(file.get(), 0, SEEK_SET), 0);
  EXPECT_EQ(ReadAll(file.get()), "line\nlin\nlost 1\nafter\n");
  ::unlink(name.c_str());
}

TEST(LogWriterTest, TicksAlsoWhenThereIsNothingToWrite) {
  const UniqueFd nowhere(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  std::atomic<int> ticks{0};
  LogWriter::Hooks hooks = TestHooks();
  hooks.tick = [&] { ++ticks; };
  const LogWriter writer(nowhere.get(), std::move(hooks));
  EXPECT_TRUE(WaitUntil([&] { return ticks > 1; }));
}

}  // namespace
}  // namespace fanfare
