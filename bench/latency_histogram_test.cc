#include "bench/latency_histogram.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace fanfare::bench {
namespace {

TEST(LatencyHistogramTest, IsZeroWhileEmpty) {
  const LatencyHistogram histogram;
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.max(), 0u);
  EXPECT_EQ(histogram.Percentile(0.5), 0u);
}

TEST(LatencyHistogramTest, SmallValuesAreExact) {
  LatencyHistogram histogram;
  for (std::uint64_t value = 1; value <= 200; ++value) {
    histogram.Record(value);
  }
  EXPECT_EQ(histogram.Percentile(0), 1u);
  EXPECT_EQ(histogram.Percentile(0.5), 100u);
  EXPECT_EQ(histogram.Percentile(0.99), 198u);
  EXPECT_EQ(histogram.Percentile(1), 200u);
}

TEST(LatencyHistogramTest, ZeroIsAValue) {
  LatencyHistogram histogram;
  histogram.Record(0);
  histogram.Record(5);
  EXPECT_EQ(histogram.count(), 2u);
  EXPECT_EQ(histogram.Percentile(0.5), 0u);
  EXPECT_EQ(histogram.Percentile(1), 5u);
}

// Every value around every power of two must come back at most 1/128 too large, never too small.
TEST(LatencyHistogramTest, EveryMagnitudeIsWithinOnePartIn128) {
  static constexpr std::uint64_t kLarger = std::uint64_t{1} << 41;
  for (int bit = 0; bit < 40; ++bit) {
    const std::uint64_t power = std::uint64_t{1} << bit;
    for (const std::uint64_t value : {power - 1, power, power + 1, power + power / 3}) {
      LatencyHistogram histogram;
      histogram.Record(value);
      // A larger sample, so that the clamp to max() does not hide the bucket's own rounding.
      histogram.Record(kLarger);
      EXPECT_GE(histogram.Percentile(0.5), value);
      EXPECT_LE(histogram.Percentile(0.5) - value, value / 128) << value;
      EXPECT_EQ(histogram.Percentile(1), kLarger);
    }
  }
}

TEST(LatencyHistogramTest, BeyondTheAxisOnlyTheLargestIsKnown) {
  static constexpr std::uint64_t kLargest = std::numeric_limits<std::uint64_t>::max();
  LatencyHistogram histogram;
  histogram.Record(1);
  histogram.Record(kLargest / 2);
  histogram.Record(kLargest);
  EXPECT_EQ(histogram.Percentile(0.3), 1u);
  EXPECT_EQ(histogram.Percentile(0.5), kLargest);
}

TEST(LatencyHistogramTest, PercentilesAgreeWithSorting) {
  LatencyHistogram histogram;
  std::vector<std::uint64_t> sorted;
  for (int i = 0; i < 10'000; ++i) {
    sorted.push_back(static_cast<std::uint64_t>(1'000 * std::pow(1.001, i)));
    histogram.Record(sorted.back());
  }
  for (const double fraction : {0.01, 0.5, 0.9, 0.99, 0.999}) {
    const auto rank = static_cast<std::size_t>(std::ceil(fraction * 10'000)) - 1;
    const auto exact = static_cast<double>(sorted[rank]);
    EXPECT_NEAR(static_cast<double>(histogram.Percentile(fraction)), exact, exact / 128);
  }
  EXPECT_EQ(histogram.Percentile(1), sorted.back());
}

}  // namespace
}  // namespace fanfare::bench
