#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "bench/load/report.h"

namespace fanfare::bench {
namespace {

double Mebibytes(double bytes) {
  return bytes / (1 << 20);
}

void AddRow(const char* name, const std::string& value, std::string& table) {
  absl::StrAppendFormat(&table, "%-11s %s\n", name, value);
}

// A latency with the unit that it is best read in.
std::string Duration(std::uint64_t nanoseconds) {
  const double microseconds = Microseconds(nanoseconds);
  return microseconds < 1000 ? absl::StrFormat("%.0f us", microseconds)
                             : absl::StrFormat("%.1f ms", microseconds / 1000);
}

std::string Pace(const Options& options) {
  switch (options.mode) {
    case Mode::kIdle:
      return "nothing is published";
    case Mode::kLockstep:
      return absl::StrCat(options.roster.publishers, " publish in lockstep");
    case Mode::kWindow:
      return absl::StrCat(options.roster.publishers, " publish, window ", options.window);
    case Mode::kRate:
      return absl::StrFormat("%d publish %g messages/s", options.roster.publishers, options.rate);
  }
  return "";
}

std::string Latencies(const LatencyHistogram& latencies) {
  return absl::StrCat("p50 ", Duration(latencies.Percentile(0.5)), ", p90 ",
                      Duration(latencies.Percentile(0.9)), ", p99 ",
                      Duration(latencies.Percentile(0.99)), ", p99.9 ",
                      Duration(latencies.Percentile(0.999)), ", max ", Duration(latencies.max()));
}

std::string Server(const Result& result) {
  std::string text = absl::StrFormat("%.0f %% of a core", 100 * result.ServerShare());
  if (const auto cpu = result.ServerNanosecondsPerDelivery()) {
    absl::StrAppendFormat(&text, ", %.0f ns per delivery", *cpu);
  }
  absl::StrAppendFormat(&text, "; %.1f MiB", Mebibytes(static_cast<double>(result.end.server_rss)));
  if (const auto bytes = result.ServerBytesPerConnection()) {
    absl::StrAppendFormat(&text, ", %.1f KiB per connection", *bytes / 1024);
  }
  return text;
}

std::string Checks(const Problems& problems) {
  if (problems.none()) {
    return "every message arrived exactly once and in order";
  }
  return absl::StrFormat(
      "FAILED: %d missing, %d repeated, %d out of order, %d foreign, %d disconnected",
      problems.missing, problems.repeated, problems.out_of_order, problems.foreign,
      problems.disconnected);
}

void AddWarnings(const Result& result, std::string& table) {
  if (result.LoadIsBottleneck()) {
    absl::StrAppendFormat(
        &table,
        "warning: the load used %.0f %% of a core: it, and not the server, may be "
        "what was measured\n",
        100 * result.LoadShare());
  }
  if (result.unsent > 0) {
    absl::StrAppendFormat(&table,
                          "warning: %d messages were due but could not be sent; latencies are "
                          "without them\n",
                          result.unsent);
  }
  if (result.overdue > 0) {
    absl::StrAppendFormat(&table,
                          "warning: %d deliveries had still not come; latencies are as if they "
                          "came then\n",
                          result.overdue);
  }
  for (const std::string& text : result.problems.texts) {
    absl::StrAppend(&table, "error: ", text, "\n");
  }
}

}  // namespace

std::string ToTable(const Result& result) {
  const Options& options = result.options;
  std::string table;
  AddRow("load",
         absl::StrFormat("%d connections, %d rooms, %d bytes, %s", options.roster.connections,
                         options.roster.rooms, options.size, Pace(options)),
         table);
  AddRow("connect",
         absl::StrFormat("%.2f s, %.0f per second, p50 %s, p99 %s", result.ConnectSeconds(),
                         static_cast<double>(options.roster.connections) / result.ConnectSeconds(),
                         Duration(result.handshakes.Percentile(0.5)),
                         Duration(result.handshakes.Percentile(0.99))),
         table);
  AddRow("messages",
         absl::StrFormat("%d sent in %.2f s, %d deliveries, %.0f per second", result.sent,
                         result.Seconds(), result.deliveries, result.DeliveriesPerSecond()),
         table);
  if (result.latencies.count() > 0) {
    AddRow("latency", Latencies(result.latencies), table);
  }
  if (!options.server_pids.empty()) {
    AddRow("server", Server(result), table);
  }
  AddRow("load's CPU", absl::StrFormat("%.0f %% of a core", 100 * result.LoadShare()), table);
  if (options.churn > 0) {
    AddRow("churn", absl::StrCat(result.reconnects, " reconnected"), table);
  }
  if (options.roster.stalled > 0) {
    AddRow("stalled",
           absl::StrCat(options.roster.stalled, ", of which the server disconnected ",
                        result.problems.stalled_disconnected),
           table);
  }
  AddRow("check", Checks(result.problems), table);
  AddWarnings(result, table);
  return table;
}

}  // namespace fanfare::bench
