#include "bench/load/schedule.h"

#include <gtest/gtest.h>

namespace fanfare::bench {
namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;

TEST(ScheduleTest, TheFirstIsDueAtTheStart) {
  const Schedule schedule(100, 1);
  EXPECT_FALSE(schedule.IsDue(99));
  EXPECT_TRUE(schedule.IsDue(100));
}

TEST(ScheduleTest, AnEventsTimeDoesNotDependOnWhenTheLastWasDone) {
  Schedule schedule(0, 3);
  for (std::uint64_t i = 0; i < 3'000; ++i) {
    EXPECT_EQ(schedule.number(), i);
    EXPECT_NEAR(static_cast<double>(schedule.next()), static_cast<double>(i) * 1e9 / 3, 1);
    schedule.Advance();
  }
  EXPECT_EQ(schedule.next(), 1000 * kSecond);
}

TEST(ScheduleTest, RatesMayBeBelowOneOrFasterThanTheClock) {
  Schedule slow(0, 0.1);
  slow.Advance();
  EXPECT_EQ(slow.next(), 10 * kSecond);
  Schedule fast(5, 4e9);
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(fast.next(), 5u);
    fast.Advance();
  }
  EXPECT_EQ(fast.next(), 6u);
}

TEST(ScheduleTest, ARateOfZeroIsNever) {
  EXPECT_FALSE(Schedule(0, 0).IsDue(1000 * kSecond));
  EXPECT_FALSE(Schedule().IsDue(1000 * kSecond));
  EXPECT_EQ(Schedule(0, 0).LeftBefore(1000 * kSecond), 0u);
}

TEST(ScheduleTest, CountsWhatIsLeft) {
  Schedule schedule(kSecond, 10);
  EXPECT_EQ(schedule.LeftBefore(kSecond), 0u);
  EXPECT_EQ(schedule.LeftBefore(kSecond + 1), 1u);
  EXPECT_EQ(schedule.LeftBefore(2 * kSecond), 10u);
  EXPECT_EQ(schedule.LeftBefore(2 * kSecond + 1), 11u);
  schedule.Advance();
  EXPECT_EQ(schedule.LeftBefore(2 * kSecond), 9u);
}

}  // namespace
}  // namespace fanfare::bench
