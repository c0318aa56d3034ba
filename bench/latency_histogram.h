// Latencies of millions of samples in fixed memory.
#pragma once

#include <algorithm>
#include <bit>
#include <boost/histogram/axis/option.hpp>
#include <boost/histogram/axis/regular.hpp>
#include <boost/histogram/histogram.hpp>
#include <boost/histogram/storage_adaptor.hpp>
#include <cstdint>
#include <tuple>
#include <vector>

namespace fanfare::bench {

// Counts of latencies in nanoseconds, in buckets that grow with the value: recording takes a few
// nanoseconds and no memory, however many samples come, and percentiles are at most 1 in 128 (0.8%)
// too large. Whole numbers up to 256 are exact; above 2^40 (18 minutes) only max() is.
class LatencyHistogram {
 public:
  LatencyHistogram();

  void Record(std::uint64_t nanoseconds) {
    counts_(static_cast<double>(nanoseconds));
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
  // The logarithm to base 2, but straight between powers of two: the bits of a positive double,
  // read as a number, are just that. It costs a fifth of a logarithm, and makes the buckets of an
  // HDR histogram: each doubling is divided into equal ones.
  struct BitsOfDouble {
    static double forward(double value) {
      return static_cast<double>(std::bit_cast<std::int64_t>(value)) * 0x1p-52;
    }
    static double inverse(double bits) {
      return std::bit_cast<double>(static_cast<std::int64_t>(bits * 0x1p52));
    }
  };

  // What lies below the axis, which is 0 alone, and above it has a bucket each.
  using Axis = boost::histogram::axis::regular<double, BitsOfDouble, boost::histogram::use_default,
                                               decltype(boost::histogram::axis::option::underflow |
                                                        boost::histogram::axis::option::overflow)>;

  boost::histogram::histogram<std::tuple<Axis>, boost::histogram::dense_storage<std::uint64_t>>
      counts_;
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace fanfare::bench
