#include "bench/process_usage.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace fanfare::bench {
namespace {

// Numbers of processes end at 2^22.
constexpr pid_t kNobody = (1 << 22) + 1;

TEST(ProcessUsageTest, MeasuresThisProcess) {
  const std::int64_t before = CpuNanoseconds(::getpid());
  EXPECT_GT(before, 0);
  // Ends only if the clock runs.
  while (CpuNanoseconds(::getpid()) == before) {
  }
  EXPECT_GT(ResidentBytes(::getpid()), 0);
}

TEST(ProcessUsageTest, AProcessThatIsNoneUsesNothing) {
  EXPECT_EQ(CpuNanoseconds(kNobody), 0);
  EXPECT_EQ(ResidentBytes(kNobody), 0);
}

}  // namespace
}  // namespace fanfare::bench
