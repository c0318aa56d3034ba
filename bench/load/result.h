// What a load has found out.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "bench/latency_histogram.h"
#include "bench/load/meter.h"
#include "bench/load/options.h"
#include "bench/load/problems.h"

namespace fanfare::bench {

// Counts are of the measured time unless something else is said; README.md says what they mean.
struct Result {
  Options options;
  Reading before_connect = {};
  Reading connected = {};
  Reading start = {};
  Reading end = {};
  // Of connecting, from connect() to the whole answer to the handshake.
  LatencyHistogram handshakes = {};
  std::int64_t sent = 0;
  std::int64_t deliveries = 0;
  LatencyHistogram latencies = {};
  LatencyHistogram lateness = {};
  std::uint64_t unsent = 0;
  // Deliveries that were still coming when the load stopped waiting for them.
  std::int64_t overdue = 0;
  std::int64_t reconnects = 0;
  Problems problems = {};

  double Seconds() const { return Between(start, end); }
  double ConnectSeconds() const { return Between(before_connect, connected); }
  double DeliveriesPerSecond() const { return static_cast<double>(deliveries) / Seconds(); }
  // CPU time per wall time: 1 is a whole core.
  double ServerShare() const;
  double LoadShare() const;
  // True if the load itself may have been what limited the measurement.
  bool LoadIsBottleneck() const;
  // Nothing if no server is measured, or there was nothing to divide by.
  std::optional<double> ServerNanosecondsPerDelivery() const;
  std::optional<double> ServerNanosecondsPerConnection() const;
  std::optional<double> ServerBytesPerConnection() const;

  // Percentiles and their latencies in microseconds, denser and denser towards 100 as far as the
  // samples tell anything.
  std::vector<std::pair<double, double>> LatencyPercentiles() const;

 private:
  static double Between(const Reading& from, const Reading& until) {
    return static_cast<double>(until.time - from.time) / 1e9;
  }
};

inline double Microseconds(std::uint64_t nanoseconds) {
  return static_cast<double>(nanoseconds) / 1e3;
}

}  // namespace fanfare::bench
