// Latencies of millions of samples in fixed memory.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace fanfare::bench {

// Counts of latencies in nanoseconds, in buckets that grow with the value: recording is a few
// instructions and needs no memory, however many samples come, and percentiles are exact to 1 in
// 128 (0.8%).
//
// The buckets are log-linear. Values below 256 have a bucket each. From there on every power of two
// is split into 128 buckets of equal width: [256, 512) in steps of 2, [512, 1024) in steps of 4,
// and so on up to the largest 64-bit value. With `shift` the number of low bits that are thrown
// away, a value's bucket is 128 * shift + (value >> shift), where the second part is between 128
// and 255.
class LatencyHistogram {
 public:
  void Record(std::uint64_t nanoseconds) {
    ++counts_[BucketOf(nanoseconds)];
    ++count_;
    max_ = std::max(max_, nanoseconds);
  }

  std::uint64_t count() const { return count_; }

  // The largest sample, exactly; 0 while there is none.
  std::uint64_t max() const { return max_; }

  // The smallest value that at least `fraction` (0 to 1) of the samples do not exceed, rounded up
  // to the end of its bucket but never above max(); 0 while there is no sample.
  std::uint64_t Percentile(double fraction) const;

 private:
  static constexpr std::size_t kBucketsPerDoubling = 128;
  // 7 bits name a bucket within a doubling; 56 shifts bring a 64-bit value down to 8 bits.
  static constexpr std::size_t kBuckets = kBucketsPerDoubling * (56 + 2);

  static std::size_t BucketOf(std::uint64_t value) {
    const int shift = std::max(0, static_cast<int>(std::bit_width(value)) - 8);
    return kBucketsPerDoubling * static_cast<std::size_t>(shift) +
           static_cast<std::size_t>(value >> shift);
  }

  // The largest value that falls into `bucket`.
  static std::uint64_t EndOf(std::size_t bucket);

  std::array<std::uint64_t, kBuckets> counts_{};
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace fanfare::bench
