#include "core/admin/metrics.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/admin/ask_shards.h"
#include "core/admin/metric_parts.h"
#include "core/admin/process.h"
#include "core/fanout/log.h"
#include "core/logging.h"
#include "core/shard.h"
#include "core/version.h"
#include "prometheus/client_metric.h"
#include "prometheus/metric_type.h"
#include "prometheus/text_serializer.h"

namespace fanfare {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = MetricLabels;

// A counter of a shard. Those of one name, which stand together, are told apart by a label.
struct Exported {
  const char* name = nullptr;
  const char* help = nullptr;
  Counter Stats::* member = nullptr;
  const char* label = nullptr;
  const char* value = nullptr;
};

constexpr char kHandshakes[] = "fanfare_handshakes_total";
constexpr char kRefused[] = "fanfare_rejected_total";
constexpr char kRefusedHelp[] = "What was refused or ended because of a limit or a rule.";

constexpr Exported kExported[] = {
    {"fanfare_connections_accepted_total", "TCP connections that were accepted.",
     &Stats::connections_accepted},
    {"fanfare_http_requests_total", "HTTP requests that did not become a session.",
     &Stats::requests_answered, "outcome", "answered"},
    {"fanfare_http_requests_total", "", &Stats::requests_refused, "outcome", "refused"},
    {"fanfare_tls_handshakes_total", "TLS handshakes that succeeded.", &Stats::tls_handshakes},
    {kHandshakes, "Opening handshakes of WebSockets, by what became of them.",
     &Stats::handshakes_accepted, "outcome", "accepted"},
    {kHandshakes, "", &Stats::handshakes_not_found, "outcome", "not_found"},
    {kHandshakes, "", &Stats::handshakes_malformed, "outcome", "protocol"},
    {kHandshakes, "", &Stats::handshakes_unauthorized, "outcome", "auth"},
    {kHandshakes, "", &Stats::handshakes_foreign, "outcome", "origin"},
    {kHandshakes, "", &Stats::handshakes_too_many, "outcome", "rate"},
    {kRefused, kRefusedHelp, &Stats::connections_refused, "reason", "connections"},
    {kRefused, "", &Stats::address_connections_refused, "reason", "connections_per_address"},
    {kRefused, "", &Stats::address_requests_refused, "reason", "requests_per_second"},
    {kRefused, "", &Stats::address_handshakes_refused, "reason", "handshakes_per_second"},
    {kRefused, "", &Stats::origins_refused, "reason", "origin"},
    {kRefused, "", &Stats::auth_refused, "reason", "auth"},
    {kRefused, "", &Stats::user_connections_refused, "reason", "user_connections"},
    {kRefused, "", &Stats::tokens_expired, "reason", "token_expired"},
    {kRefused, "", &Stats::handshake_timeouts, "reason", "handshake_timeout"},
    {kRefused, "", &Stats::tls_failures, "reason", "tls"},
    {kRefused, "", &Stats::proxy_headers_wrong, "reason", "proxy_header"},
    {kRefused, "", &Stats::headers_too_big, "reason", "header_bytes"},
    {kRefused, "", &Stats::bodies_too_big, "reason", "body_bytes"},
    {kRefused, "", &Stats::messages_too_big, "reason", "message_bytes"},
    {kRefused, "", &Stats::messages_too_fragmented, "reason", "message_frames"},
    {kRefused, "", &Stats::messages_too_slow, "reason", "message_seconds"},
    {kRefused, "", &Stats::control_floods, "reason", "control_frames"},
    {kRefused, "", &Stats::idle_timeouts, "reason", "idle_timeout"},
    {kRefused, "", &Stats::outbox_overflows, "reason", "outbox_bytes"},
    {kRefused, "", &Stats::rates_exceeded, "reason", "rate"},
    {"fanfare_tokens_renewed_total", "Tokens that sessions went on with, in place of others.",
     &Stats::tokens_renewed},
    {"fanfare_rate_waits_total", "How often a session that sent too fast was not read from.",
     &Stats::rate_waits},
    {"fanfare_slow_readers_total", "Readers that fell behind what a channel's log keeps.",
     &Stats::slow_readers, "action", "disconnect"},
    {"fanfare_slow_readers_total", "", &Stats::readers_skipped, "action", "skip"},
    {"fanfare_slow_readers_total", "", &Stats::readers_moved_to_latest, "action", "latest"},
    {"fanfare_messages_skipped_total", "Messages that slow readers were not sent, each for each.",
     &Stats::messages_skipped},
    {"fanfare_send_calls_total", "How often the kernel was asked to send to a socket.",
     &Stats::send_calls},
};

// The same for a route.
struct ExportedByRoute {
  const char* name;
  const char* help;
  Counter RouteStats::* member;
};

constexpr ExportedByRoute kExportedByRoute[] = {
    {"fanfare_sessions_opened_total", "Opening handshakes that succeeded, and event streams.",
     &RouteStats::sessions_opened},
    {"fanfare_sessions_closed_total", "Sessions that ended.", &RouteStats::sessions_closed},
    {"fanfare_messages_received_total", "Messages from clients.", &RouteStats::messages_received},
    {"fanfare_messages_sent_total", "Messages to clients: one to a thousand counts a thousand.",
     &RouteStats::messages_sent},
    {"fanfare_received_bytes_total", "Bytes that sessions sent, with their frames.",
     &RouteStats::bytes_received},
    {"fanfare_sent_bytes_total", "Bytes that the kernel took for sessions, with their frames.",
     &RouteStats::bytes_sent},
};

// One metric for each shard, made by `make` from the shard and its labels.
template <typename Make>
std::vector<ClientMetric> ForEachShard(const Server& server, Make make) {
  std::vector<ClientMetric> metrics;
  std::size_t index = 0;
  for (const std::unique_ptr<Shard>& shard : server.shard_list()) {
    metrics.push_back(make(*shard, Labels{{"shard", std::to_string(index++)}}));
  }
  return metrics;
}

void AddCounters(const Server& server, std::vector<MetricFamily>& families) {
  for (const Exported& exported : kExported) {
    if (families.empty() || families.back().name != exported.name) {
      families.push_back(Family(exported.name, exported.help, MetricType::Counter, {}));
    }
    std::vector<ClientMetric> metrics =
        ForEachShard(server, [&](const Shard& shard, Labels labels) {
          if (exported.label != nullptr) labels.push_back({exported.label, exported.value});
          return CounterOf((shard.stats().*exported.member).value(), std::move(labels));
        });
    std::vector<ClientMetric>& all = families.back().metric;
    all.insert(all.end(), metrics.begin(), metrics.end());
  }
}

// One metric for each shard and route, made by `make` from what they count and their labels.
template <typename Make>
std::vector<ClientMetric> ForEachRoute(const Server& server, Make make) {
  std::vector<ClientMetric> metrics;
  std::size_t index = 0;
  for (const std::unique_ptr<Shard>& shard : server.shard_list()) {
    const std::string name = std::to_string(index++);
    // Not the first one, which counts what belongs to no route: there is nothing of that.
    for (std::size_t i = 1; i < shard->stats().by_route.size(); ++i) {
      const RouteStats& stats = shard->stats().by_route[i];
      metrics.push_back(make(stats, {{"shard", name}, {"route", std::string(stats.route)}}));
    }
  }
  return metrics;
}

void AddRoutes(const Server& server, std::vector<MetricFamily>& families) {
  for (const ExportedByRoute& exported : kExportedByRoute) {
    families.push_back(Family(exported.name, exported.help, MetricType::Counter,
                              ForEachRoute(server, [&](const RouteStats& stats, Labels labels) {
                                return CounterOf((stats.*exported.member).value(),
                                                 std::move(labels));
                              })));
  }
  families.push_back(
      Family("fanfare_sessions", "WebSockets and event streams that are open.", MetricType::Gauge,
             ForEachRoute(server, [](const RouteStats& stats, Labels labels) {
               // In this order: none is open less than no times.
               const std::uint64_t closed = stats.sessions_closed.value();
               const std::uint64_t opened = stats.sessions_opened.value();
               return GaugeOf(static_cast<double>(opened - closed), std::move(labels));
             })));
}

// What every shard has to be asked for. One that does not answer soon, because something holds up
// its loop, is left out.
void AddLags(const Server& server, std::vector<MetricFamily>& families) {
  const auto lags =
      AskShards<Lag>(server, [](Shard& shard, std::size_t) { return shard.fanout().SlowestLag(); });
  std::vector<ClientMetric> answered;
  std::vector<ClientMetric> bytes;
  std::vector<ClientMetric> messages;
  for (std::size_t i = 0; i < lags.of.size(); ++i) {
    const Labels labels = {{"shard", std::to_string(i)}};
    answered.push_back(GaugeOf(lags.of[i] ? 1 : 0, labels));
    if (!lags.of[i]) continue;
    bytes.push_back(GaugeOf(static_cast<double>(lags.of[i]->bytes), labels));
    messages.push_back(GaugeOf(static_cast<double>(lags.of[i]->messages), labels));
  }
  const auto gauge = [&](const char* name, const char* help, std::vector<ClientMetric> metrics) {
    families.push_back(Family(name, help, MetricType::Gauge, std::move(metrics)));
  };
  gauge("fanfare_shard_answered", "1, or 0 where the lag is not told: the loop is held up.",
        std::move(answered));
  gauge("fanfare_lag_bytes", "How far the slowest reader is behind its channel.", std::move(bytes));
  gauge("fanfare_lag_messages", "The same in messages.", std::move(messages));
}

void AddLogs(std::vector<MetricFamily>& families) {
  families.push_back(Family("fanfare_log_memory_bytes",
                            "Memory of what channels keep for their readers, and of history.",
                            MetricType::Gauge, {GaugeOf(static_cast<double>(LogMemory()))}));
  const DroppedLogLines dropped = CountDroppedLogLines();
  families.push_back(Family("fanfare_log_lines_dropped_total",
                            "Lines that are missing in the server's log.", MetricType::Counter,
                            {CounterOf(dropped.too_many, {{"reason", "too_many"}}),
                             CounterOf(dropped.not_written, {{"reason", "not_written"}})}));
}

void AddLoops(const Server& server, std::vector<MetricFamily>& families) {
  families.push_back(Family("fanfare_connections", "Connections that are open.", MetricType::Gauge,
                            ForEachShard(server, [](const Shard& shard, Labels labels) {
                              const auto open = shard.open_connections().count();
                              return GaugeOf(static_cast<double>(open), std::move(labels));
                            })));
  families.push_back(Family("fanfare_turn_seconds", "How long a shard was busy sending in a turn.",
                            MetricType::Histogram,
                            ForEachShard(server, [](const Shard& shard, Labels labels) {
                              return HistogramOf(shard.stats().turn_time, std::move(labels));
                            })));
  families.push_back(Family(
      "fanfare_broadcast_seconds",
      "From publishing on until a message was given to all readers that keep up, for each shard.",
      MetricType::Histogram, ForEachShard(server, [](const Shard& shard, Labels labels) {
        return HistogramOf(shard.stats().broadcast_latency, std::move(labels));
      })));
  families.push_back(Family(
      "fanfare_loop_delay_seconds", "How late a shard's timer was: what others wait for its loop.",
      MetricType::Histogram, ForEachShard(server, [](const Shard& shard, Labels labels) {
        return HistogramOf(shard.stats().loop_delay, std::move(labels));
      })));
}

void AddReloads(const Server& server, std::vector<MetricFamily>& families) {
  const auto of = [](std::uint64_t count, const char* outcome) {
    return CounterOf(count, {{"outcome", outcome}});
  };
  families.push_back(
      Family("fanfare_config_reloads_total", "Configurations that were read while the server ran.",
             MetricType::Counter,
             {of(server.reloads(), "applied"), of(server.reloads_refused(), "refused")}));
}

void AddProcess(const Server& server, std::vector<MetricFamily>& families) {
  const ProcessUsage usage = ReadProcessUsage();
  const auto gauge = [&](const char* name, const char* help, double value) {
    families.push_back(Family(name, help, MetricType::Gauge, {GaugeOf(value)}));
  };
  families.push_back(
      Family("process_cpu_seconds_total", "CPU time, user and system.", MetricType::Counter, {}));
  ClientMetric cpu;
  cpu.counter.value = usage.cpu_seconds;
  families.back().metric.push_back(cpu);
  gauge("process_resident_memory_bytes", "Memory that is in RAM.", usage.resident_bytes);
  gauge("process_open_fds", "Open file descriptors.", usage.open_descriptors);
  gauge("process_max_fds", "As many as there may be.", usage.max_descriptors);
  gauge("process_start_time_seconds", "Start of the process, as a Unix time.",
        std::chrono::duration<double>(server.start_time().time_since_epoch()).count());
}

}  // namespace

std::vector<MetricFamily> CollectMetrics(const Server& server) {
  std::vector<MetricFamily> families;
  families.push_back(Family("fanfare_build_info", "Which Fanfare this is.", MetricType::Gauge,
                            {GaugeOf(1, {{"version", std::string(kVersion)}})}));
  families.push_back(Family("fanfare_ready", "1, or 0 while the server stops.", MetricType::Gauge,
                            {GaugeOf(server.draining() ? 0 : 1)}));
  AddLoops(server, families);
  AddRoutes(server, families);
  AddCounters(server, families);
  AddLags(server, families);
  AddLogs(families);
  AddReloads(server, families);
  AddProcess(server, families);
  return families;
}

std::string MetricsText(const std::vector<MetricFamily>& families) {
  return prometheus::TextSerializer().Serialize(families);
}

std::vector<Counter RouteStats::*> ExportedRouteCounters() {
  std::vector<Counter RouteStats::*> members;
  for (const ExportedByRoute& exported : kExportedByRoute) members.push_back(exported.member);
  return members;
}

std::vector<Counter Stats::*> ExportedCounters() {
  std::vector<Counter Stats::*> members;
  for (const Exported& exported : kExported) members.push_back(exported.member);
  return members;
}

}  // namespace fanfare
