#include <nlohmann/json.hpp>

#include "bench/load/report.h"

namespace fanfare::bench {
namespace {

using Json = nlohmann::ordered_json;

// Null if there is no number.
Json OrNull(const std::optional<double>& number) {
  return number.has_value() ? Json(*number) : Json();
}

Json Latency(const LatencyHistogram& latencies) {
  return {{"p50", Microseconds(latencies.Percentile(0.5))},
          {"p90", Microseconds(latencies.Percentile(0.9))},
          {"p99", Microseconds(latencies.Percentile(0.99))},
          {"p999", Microseconds(latencies.Percentile(0.999))},
          {"max", Microseconds(latencies.max())}};
}

Json Connect(const Result& result) {
  Json connect = {
      {"seconds", result.ConnectSeconds()},
      {"per_s", static_cast<double>(result.options.roster.connections) / result.ConnectSeconds()},
      {"p50_us", Microseconds(result.handshakes.Percentile(0.5))},
      {"p99_us", Microseconds(result.handshakes.Percentile(0.99))}};
  if (const auto cpu = result.ServerNanosecondsPerConnection()) {
    connect["server_cpu_ns_per_connection"] = *cpu;
  }
  return connect;
}

Json Server(const Result& result) {
  return {{"cpu_ns", result.end.server_cpu - result.start.server_cpu},
          {"cpu_ns_per_delivery", OrNull(result.ServerNanosecondsPerDelivery())},
          {"cpu_share", result.ServerShare()},
          {"rss_bytes_before_connect", result.before_connect.server_rss},
          {"rss_bytes_connected", result.connected.server_rss},
          {"rss_bytes_end", result.end.server_rss},
          {"bytes_per_connection", OrNull(result.ServerBytesPerConnection())}};
}

Json Load(const Result& result) {
  Json load = {{"cpu_share", result.LoadShare()}, {"is_bottleneck", result.LoadIsBottleneck()}};
  if (result.options.mode == Mode::kRate) {
    load["late_p99_us"] = Microseconds(result.lateness.Percentile(0.99));
    load["late_max_us"] = Microseconds(result.lateness.max());
  }
  return load;
}

}  // namespace

std::string ToJson(const Result& result) {
  const Options& options = result.options;
  const Problems& problems = result.problems;
  Json json = {{"url", options.url.text},
               {"connections", options.roster.connections},
               {"rooms", options.roster.rooms},
               {"publishers", options.roster.publishers},
               {"stalled", options.roster.stalled},
               {"churn", options.churn},
               {"size", options.size},
               {"mode", NameOf(options.mode)},
               {"window", options.mode == Mode::kWindow ? options.window : 0},
               {"rate", options.rate},
               {"seconds", result.Seconds()},
               {"sent", result.sent},
               {"deliveries", result.deliveries},
               {"deliveries_per_s", result.DeliveriesPerSecond()},
               {"latency_us", Latency(result.latencies)},
               {"latency_percentiles", result.LatencyPercentiles()},
               {"connect", Connect(result)}};
  if (!options.server_pids.empty()) {
    json["server"] = Server(result);
  }
  json["load"] = Load(result);
  json["unsent"] = result.unsent;
  json["overdue"] = result.overdue;
  json["missing"] = problems.missing;
  json["repeated"] = problems.repeated;
  json["out_of_order"] = problems.out_of_order;
  json["foreign"] = problems.foreign;
  json["disconnected"] = problems.disconnected;
  json["stalled_disconnected"] = problems.stalled_disconnected;
  json["reconnects"] = result.reconnects;
  json["errors"] = problems.texts;
  // Servers may send anything, and it may be quoted in an error.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace fanfare::bench
