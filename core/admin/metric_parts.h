// What metrics are made of, for Prometheus.
#pragma once

#include <cstdint>
#include <vector>

#include "core/histogram.h"
#include "prometheus/client_metric.h"
#include "prometheus/metric_family.h"
#include "prometheus/metric_type.h"

namespace fanfare {

using MetricLabels = std::vector<prometheus::ClientMetric::Label>;

prometheus::ClientMetric CounterOf(std::uint64_t value, MetricLabels labels);
prometheus::ClientMetric GaugeOf(double value, MetricLabels labels = {});
// In seconds.
prometheus::ClientMetric HistogramOf(const Histogram& histogram, MetricLabels labels);

prometheus::MetricFamily Family(const char* name, const char* help, prometheus::MetricType type,
                                std::vector<prometheus::ClientMetric> metrics);

}  // namespace fanfare
