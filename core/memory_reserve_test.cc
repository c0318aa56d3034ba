#include "core/memory_reserve.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstddef>
#include <fstream>
#include <memory>
#include <new>
#include <vector>

namespace fanfare {
namespace {

using Pieces = std::vector<std::unique_ptr<char[]>>;

// No more memory than there is.
void LimitMemory() {
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  rlimit limit{};
  limit.rlim_cur = limit.rlim_max = pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  setrlimit(RLIMIT_AS, &limit);
}

// Takes all that there is; returns how many pieces that was.
std::size_t TakeAll(Pieces& pieces, std::size_t bytes) {
  const std::size_t before = pieces.size();
  try {
    while (true) pieces.push_back(std::make_unique<char[]>(bytes));
  } catch (const std::bad_alloc&) {
    return pieces.size() - before;
  }
}

// The exit code says what is wrong. In a process of its own, as it is left without memory.
[[noreturn]] void Try() {
  KeepMemoryReserve();
  Pieces pieces;
  pieces.reserve(1'000'000);
  LimitMemory();
  {
    const ReserveUse forbidden(false);
    TakeAll(pieces, 4096);
    {
      const ReserveUse allowed(true);
      // A part of it is used for the first of these.
      pieces.push_back(std::make_unique<char[]>(4096));
    }
    TakeAll(pieces, 4096);
    if (TakeAll(pieces, 4096) != 0) std::_Exit(1);
  }
  // Three parts are left.
  const std::size_t left = TakeAll(pieces, 4096);
  if (left < 100) std::_Exit(2);
  if (TakeAll(pieces, 4096) != 0) std::_Exit(3);
  pieces.clear();
  RefillMemoryReserve();
  {
    const ReserveUse forbidden(false);
    TakeAll(pieces, 4096);
  }
  if (TakeAll(pieces, 4096) < 100) std::_Exit(4);
  std::_Exit(0);
}

TEST(MemoryReserveTest, IsForWhomItIsKept) {
  EXPECT_EXIT(Try(), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace fanfare
