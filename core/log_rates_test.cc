#include "core/log_rates.h"

#include <gtest/gtest.h>

#include <chrono>
#include <vector>

namespace fanfare {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr LogRates::Time kStart{seconds(1000)};
constexpr std::size_t kKind = 3;
constexpr std::size_t kOther = 4;

TEST(LogRatesTest, OfEachKindSoManyInASecond) {
  LogRates rates;
  std::vector<LogRates::LeftOut> over;
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(rates.Take(kKind, 2, kStart + milliseconds(i), over), i < 2) << i;
  }
  EXPECT_TRUE(rates.Take(kOther, 2, kStart + milliseconds(999), over));
  EXPECT_FALSE(rates.Take(kKind, 2, kStart + milliseconds(999), over));
  EXPECT_TRUE(over.empty());

  EXPECT_TRUE(rates.Take(kOther, 2, kStart + seconds(1), over));
  ASSERT_EQ(over.size(), 1U);
  EXPECT_EQ(over[0].kind, kKind);
  EXPECT_EQ(over[0].lines, 4U);
  over.clear();
  EXPECT_TRUE(rates.Take(kKind, 2, kStart + seconds(1), over));
  EXPECT_TRUE(over.empty());
}

TEST(LogRatesTest, TellsWhatWasLeftOutAlsoWhenNoMoreCome) {
  LogRates rates;
  std::vector<LogRates::LeftOut> over;
  for (int i = 0; i < 3; ++i) rates.Take(kKind, 1, kStart, over);
  rates.Take(kOther, 1, kStart, over);
  EXPECT_TRUE(rates.TakeLeftOut(kStart + milliseconds(999)).empty());
  const auto left_out = rates.TakeLeftOut(kStart + milliseconds(1000));
  ASSERT_EQ(left_out.size(), 1U);
  EXPECT_EQ(left_out[0].lines, 2U);
  EXPECT_TRUE(rates.TakeLeftOut(kStart + seconds(5)).empty());
}

TEST(LogRatesTest, ATimeThatWasReadBeforeIsOfTheSameSecond) {
  LogRates rates;
  std::vector<LogRates::LeftOut> over;
  EXPECT_TRUE(rates.Take(kKind, 1, kStart, over));
  EXPECT_FALSE(rates.Take(kKind, 1, kStart - milliseconds(1), over));
}

}  // namespace
}  // namespace fanfare
