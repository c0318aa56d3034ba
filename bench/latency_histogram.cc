#include "bench/latency_histogram.h"

#include <cmath>

namespace fanfare::bench {

std::uint64_t LatencyHistogram::Percentile(double fraction) const {
  const auto wanted = static_cast<std::uint64_t>(std::ceil(fraction * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
    seen += counts_[bucket];
    if (seen > 0 && seen >= wanted) {
      return std::min(EndOf(bucket), max_);
    }
  }
  return max_;
}

std::uint64_t LatencyHistogram::EndOf(std::size_t bucket) {
  if (bucket < 2 * kBucketsPerDoubling) {
    return bucket;
  }
  const std::size_t shift = bucket / kBucketsPerDoubling - 1;
  const std::uint64_t first = std::uint64_t{bucket - kBucketsPerDoubling * shift} << shift;
  return first + ((std::uint64_t{1} << shift) - 1);
}

}  // namespace fanfare::bench
