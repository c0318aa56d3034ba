#include "core/histogram.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace fanfare {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(HistogramTest, CountsEachDurationInItsBucket) {
  Histogram histogram;
  histogram.Record(milliseconds(1));
  histogram.Record(milliseconds(1) + std::chrono::nanoseconds(1));
  histogram.Record(seconds(60));
  histogram.Record(microseconds(0));
  const auto bucket_of = [](Histogram::Duration bound) {
    return static_cast<std::size_t>(std::ranges::find(Histogram::kBounds, bound) -
                                    Histogram::kBounds.begin());
  };
  EXPECT_EQ(histogram.count(bucket_of(milliseconds(1))), 1U) << "a bound is in its own bucket";
  EXPECT_EQ(histogram.count(bucket_of(microseconds(2500))), 1U);
  EXPECT_EQ(histogram.count(Histogram::kBounds.size()), 1U);
  EXPECT_EQ(histogram.count(0), 1U);
  EXPECT_EQ(histogram.sum(), seconds(60) + milliseconds(2) + std::chrono::nanoseconds(1));
}

TEST(HistogramTest, ATimeThatRunsBackwardsIsNone) {
  Histogram histogram;
  histogram.Record(milliseconds(-5));
  EXPECT_EQ(histogram.count(0), 1U);
  EXPECT_EQ(histogram.sum(), seconds(0));
}

TEST(HistogramTest, TheBoundsAscend) {
  EXPECT_TRUE(std::ranges::is_sorted(Histogram::kBounds));
}

}  // namespace
}  // namespace fanfare
