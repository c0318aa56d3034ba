// What the server tells Prometheus. README.md beside this lists the metrics.
#pragma once

#include <string>
#include <vector>

#include "core/server.h"
#include "core/stats.h"
#include "prometheus/metric_family.h"

namespace fanfare {

// The metrics as of now, with one time series for each shard where shards differ. Names and units
// follow Prometheus's conventions (prometheus.io/docs/practices/naming). Thread: any, while the
// server lives. Reads counters that are there anyway, so that nothing is paid between two calls.
std::vector<prometheus::MetricFamily> CollectMetrics(const Server& server);

// In the text format (version 0.0.4).
std::string MetricsText(const std::vector<prometheus::MetricFamily>& families);
inline constexpr char kMetricsContentType[] = "text/plain; version=0.0.4; charset=utf-8";

// The counters of stats.h that are in the metrics; for the test that all of them are.
std::vector<Counter Stats::*> ExportedCounters();
std::vector<Counter RouteStats::*> ExportedRouteCounters();

}  // namespace fanfare
