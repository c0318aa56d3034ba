#include "bench/fanout_case.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "bench/rig.h"

namespace fanfare::bench {
namespace {

constexpr int kDeliveries = 600'000;

// Bounds for the smallest and the largest rooms: enough messages for a 99th percentile, and no more
// than a few seconds of them.
constexpr int kLeastMessages = 160;
constexpr int kMostMessages = 20'000;

// The first messages, which are not measured: one in so many.
constexpr int kWarmUpDivisor = 10;

double Microseconds(std::uint64_t nanoseconds) {
  return static_cast<double>(nanoseconds) / 1e3;
}

void Report(const Measurement& measured, std::int64_t resident_bytes, benchmark::State& state) {
  const LatencyHistogram& latencies = measured.load.latencies;
  const double seconds = static_cast<double>(measured.load.nanoseconds) / 1e9;
  state.SetIterationTime(seconds);
  state.counters["p50_us"] = Microseconds(latencies.Percentile(0.5));
  state.counters["p99_us"] = Microseconds(latencies.Percentile(0.99));
  state.counters["max_us"] = Microseconds(latencies.max());
  state.counters["deliveries_per_s"] = static_cast<double>(measured.load.deliveries) / seconds;
  state.counters["cpu_ns_per_delivery"] = measured.ServerNanosecondsPerDelivery();
  state.counters["server_rss_mib"] = static_cast<double>(resident_bytes) / (1 << 20);
}

}  // namespace

std::string FanoutCase::Name() const {
  return absl::StrCat("fanout/clients:", clients, "/size:", message_bytes,
                      "/publishers:", publishers);
}

int FanoutCase::Messages() const {
  const int messages = std::clamp(kDeliveries / clients, kLeastMessages, kMostMessages);
  return messages / publishers * publishers;
}

absl::Status RunFanout(const FanoutCase& options, const Subject& subject,
                       const Processors& processors, benchmark::State& state) {
  const RigOptions rig_options{.clients = options.clients,
                               .publishers = options.publishers,
                               .message_bytes = options.message_bytes,
                               .server_cpu = processors.server};
  absl::StatusOr<std::unique_ptr<Rig>> rig = Rig::Start(subject, rig_options);
  if (!rig.ok()) {
    return rig.status();
  }
  Traffic traffic{
      .pace = options.publishers > 1 ? Traffic::Pace::kPipelined : Traffic::Pace::kLockstep,
      .window = options.window};
  traffic.messages_per_publisher =
      std::max(1, options.Messages() / kWarmUpDivisor / options.publishers);
  if (absl::StatusOr<Measurement> warm = (*rig)->Run(traffic); !warm.ok()) {
    return warm.status();
  }
  traffic.messages_per_publisher = options.Messages() / options.publishers;
  // One batch of all iterations: within it the load sets its own pace.
  while (state.KeepRunningBatch(state.max_iterations)) {
    absl::StatusOr<Measurement> measured = (*rig)->Run(traffic);
    if (!measured.ok()) {
      return measured.status();
    }
    Report(*measured, (*rig)->ServerResidentBytes(), state);
  }
  return (*rig)->Finish();
}

}  // namespace fanfare::bench
