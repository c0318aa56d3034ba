#include "routes/chat/time_text.h"

#include <gtest/gtest.h>

namespace fanfare::chat {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;
using std::chrono::sys_days;
using Time = std::chrono::system_clock::time_point;

TEST(TimeTextTest, HasAllDigits) {
  EXPECT_EQ(TimeText(Time()), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(TimeText(Time(seconds(1'796'290'205) + std::chrono::milliseconds(7))),
            "2026-12-03T09:30:05.007Z");
}

TEST(TimeTextTest, CutsToMilliseconds) {
  EXPECT_EQ(TimeText(Time(microseconds(999))), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(TimeText(Time(microseconds(1999))), "1970-01-01T00:00:00.001Z");
  EXPECT_EQ(TimeText(Time(microseconds(999'999))), "1970-01-01T00:00:00.999Z");
  // Before the epoch, too: towards the past.
  EXPECT_EQ(TimeText(Time(microseconds(-1))), "1969-12-31T23:59:59.999Z");
}

TEST(TimeTextTest, KnowsLeapDaysAndTheLastMomentOfAYear) {
  using std::chrono::February;
  using std::chrono::January;
  const Time leap_day = sys_days(std::chrono::year(2028) / February / 29);
  EXPECT_EQ(TimeText(leap_day), "2028-02-29T00:00:00.000Z");
  const Time new_year = sys_days(std::chrono::year(2027) / January / 1);
  EXPECT_EQ(TimeText(new_year - microseconds(1)), "2026-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace fanfare::chat
