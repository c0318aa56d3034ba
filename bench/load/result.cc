#include "bench/load/result.h"

namespace fanfare::bench {
namespace {

// Above this share of a core, a single thread has no time left to be sure that it waits for nobody.
constexpr double kBottleneckShare = 0.9;

// Percentiles for each halving of what is left to 100.
constexpr int kStepsPerHalving = 4;

double Share(std::int64_t cpu, double seconds) {
  return static_cast<double>(cpu) / 1e9 / seconds;
}

}  // namespace

double Result::ServerShare() const {
  return Share(end.server_cpu - start.server_cpu, Seconds());
}

double Result::LoadShare() const {
  return Share(end.load_cpu - start.load_cpu, Seconds());
}

bool Result::LoadIsBottleneck() const {
  return LoadShare() >= kBottleneckShare;
}

std::optional<double> Result::ServerNanosecondsPerDelivery() const {
  if (options.server_pids.empty() || deliveries == 0) {
    return std::nullopt;
  }
  return static_cast<double>(end.server_cpu - start.server_cpu) / static_cast<double>(deliveries);
}

std::optional<double> Result::ServerNanosecondsPerConnection() const {
  if (options.server_pids.empty()) {
    return std::nullopt;
  }
  return static_cast<double>(connected.server_cpu - before_connect.server_cpu) /
         static_cast<double>(options.roster.connections);
}

std::optional<double> Result::ServerBytesPerConnection() const {
  if (options.server_pids.empty()) {
    return std::nullopt;
  }
  return static_cast<double>(connected.server_rss - before_connect.server_rss) /
         static_cast<double>(options.roster.connections);
}

std::vector<std::pair<double, double>> Result::LatencyPercentiles() const {
  std::vector<std::pair<double, double>> percentiles;
  if (latencies.count() == 0) {
    return percentiles;
  }
  const auto add = [&](double fraction) {
    percentiles.emplace_back(100 * fraction, Microseconds(latencies.Percentile(fraction)));
  };
  // Beyond one sample in all there is nothing.
  for (double left = 1; left * static_cast<double>(latencies.count()) >= 1; left /= 2) {
    for (int step = 0; step < kStepsPerHalving; ++step) {
      add(1 - left + left / 2 * step / kStepsPerHalving);
    }
  }
  add(1);
  return percentiles;
}

}  // namespace fanfare::bench
