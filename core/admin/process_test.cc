#include "core/admin/process.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <chrono>
#include <vector>

#include "core/unique_fd.h"

namespace fanfare {
namespace {

TEST(ProcessUsageTest, SeesWhatTheProcessUses) {
  const ProcessUsage before = ReadProcessUsage();
  EXPECT_GT(before.resident_bytes, 100'000);
  EXPECT_GE(before.open_descriptors, 3);
  EXPECT_GE(before.max_descriptors, before.open_descriptors);

  constexpr std::size_t kBytes = 32 * 1024 * 1024;
  const std::vector<char> memory(kBytes, 'm');
  const UniqueFd file(open("/dev/null", O_RDONLY));
  ProcessUsage after = ReadProcessUsage();
  EXPECT_GE(after.resident_bytes - before.resident_bytes, 0.9 * kBytes);
  EXPECT_EQ(after.open_descriptors, before.open_descriptors + 1);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (after.cpu_seconds <= before.cpu_seconds && std::chrono::steady_clock::now() < deadline) {
    after = ReadProcessUsage();
  }
  EXPECT_GT(after.cpu_seconds, before.cpu_seconds);
  EXPECT_EQ(memory.back(), 'm');
}

}  // namespace
}  // namespace fanfare
