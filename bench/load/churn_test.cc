#include "bench/load/churn.h"

#include <gtest/gtest.h>

namespace fanfare::bench {
namespace {

TEST(ChurnTest, TakesTurnsAmongThoseWhoOnlyListen) {
  Churn churn({.connections = 6, .publishers = 2, .stalled = 1});
  churn.Start(0, 1e9);
  for (const std::size_t expected : {2, 3, 4, 2, 3, 4, 2}) {
    EXPECT_EQ(churn.Take(), expected);
  }
}

TEST(ChurnTest, KeepsToItsRate) {
  Churn churn({.connections = 6, .publishers = 2});
  EXPECT_FALSE(churn.IsDue(1'000));
  churn.Start(1'000, 1e6);
  EXPECT_TRUE(churn.IsDue(1'000));
  churn.Take();
  EXPECT_FALSE(churn.IsDue(1'999));
  EXPECT_EQ(churn.NextDue(), 2'000u);
}

}  // namespace
}  // namespace fanfare::bench
