#include "bench/latency_histogram.h"

#include <cmath>

namespace fanfare::bench {
namespace {

constexpr unsigned kDoublings = 40;
constexpr unsigned kBucketsPerDoubling = 128;

// The largest whole number below the end of a bucket.
std::uint64_t LargestBelow(double end) {
  return static_cast<std::uint64_t>(std::ceil(end)) - 1;
}

}  // namespace

LatencyHistogram::LatencyHistogram()
    : counts_(std::tuple(Axis(kDoublings * kBucketsPerDoubling, 1, std::exp2(kDoublings)))) {}

std::uint64_t LatencyHistogram::Percentile(double fraction) const {
  const auto wanted = static_cast<std::uint64_t>(std::ceil(fraction * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  const auto& axis = counts_.axis();
  // The bucket below the axis is number -1, that above it number size().
  for (int bucket = -1; bucket < axis.size(); ++bucket) {
    seen += counts_.at(bucket);
    if (seen > 0 && seen >= wanted) {
      return bucket < 0 ? 0 : std::min(LargestBelow(axis.value(bucket + 1)), max_);
    }
  }
  return max_;
}

}  // namespace fanfare::bench
