#include "core/access/refusal_log.h"

#include <gtest/gtest.h>

namespace fanfare {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(RefusalLogTest, TellsOnceASecondOfAll) {
  constexpr RefusalLog::Time kStart{seconds(1000)};
  RefusalLog log;
  EXPECT_EQ(log.Count(kStart), 1U);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(log.Count(kStart + milliseconds(i * 100)), 0U);
  EXPECT_EQ(log.Count(kStart + milliseconds(999)), 0U);
  EXPECT_EQ(log.Count(kStart + seconds(1)), 7U);
  EXPECT_EQ(log.Count(kStart + milliseconds(1999)), 0U);
  EXPECT_EQ(log.Count(kStart + seconds(60)), 2U);
}

}  // namespace
}  // namespace fanfare
