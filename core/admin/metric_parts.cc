#include "core/admin/metric_parts.h"

#include <chrono>
#include <cstddef>
#include <limits>
#include <utility>

namespace fanfare {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

double Seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace

ClientMetric CounterOf(std::uint64_t value, MetricLabels labels) {
  ClientMetric metric;
  metric.label = std::move(labels);
  metric.counter.value = static_cast<double>(value);
  return metric;
}

ClientMetric GaugeOf(double value, MetricLabels labels) {
  ClientMetric metric;
  metric.label = std::move(labels);
  metric.gauge.value = value;
  return metric;
}

ClientMetric HistogramOf(const Histogram& histogram, MetricLabels labels) {
  ClientMetric metric;
  metric.label = std::move(labels);
  std::uint64_t count = 0;
  for (std::size_t i = 0; i <= Histogram::kBounds.size(); ++i) {
    count += histogram.count(i);
    const double bound = i < Histogram::kBounds.size() ? Seconds(Histogram::kBounds[i])
                                                       : std::numeric_limits<double>::infinity();
    metric.histogram.bucket.push_back({.cumulative_count = count, .upper_bound = bound});
  }
  metric.histogram.sample_count = count;
  metric.histogram.sample_sum = Seconds(histogram.sum());
  return metric;
}

MetricFamily Family(const char* name, const char* help, MetricType type,
                    std::vector<ClientMetric> metrics) {
  return {.name = name, .help = help, .type = type, .metric = std::move(metrics)};
}

}  // namespace fanfare
