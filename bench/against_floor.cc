#include "bench/against_floor.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "bench/median.h"
#include "bench/rig.h"
#include "bench/subject.h"

namespace fanfare::bench {
namespace {

constexpr int kClients = 500;
constexpr std::size_t kMessageBytes = 64;

// What the rounds of both servers gave, pair by pair.
struct Samples {
  std::vector<double> floor_nanoseconds;
  std::vector<double> fanfare_nanoseconds;
  std::vector<double> cpu_ratio;
  std::vector<double> time_ratio;

  void Add(const Measurement& floor, const Measurement& fanfare) {
    floor_nanoseconds.push_back(floor.ServerNanosecondsPerDelivery());
    fanfare_nanoseconds.push_back(fanfare.ServerNanosecondsPerDelivery());
    cpu_ratio.push_back(fanfare_nanoseconds.back() / floor_nanoseconds.back());
    time_ratio.push_back(static_cast<double>(fanfare.load.nanoseconds) /
                         static_cast<double>(floor.load.nanoseconds));
  }
};

void Report(const Samples& samples, double goal, benchmark::State& state) {
  const double ratio = Median(samples.cpu_ratio);
  const auto [least, most] =
      std::minmax_element(samples.cpu_ratio.begin(), samples.cpu_ratio.end());
  state.counters["cpu_ratio"] = ratio;
  state.counters["cpu_ratio_min"] = *least;
  state.counters["cpu_ratio_max"] = *most;
  state.counters["time_ratio"] = Median(samples.time_ratio);
  state.counters["floor_cpu_ns"] = Median(samples.floor_nanoseconds);
  state.counters["fanfare_cpu_ns"] = Median(samples.fanfare_nanoseconds);
  state.SetLabel(
      absl::StrFormat("goal: cpu_ratio <= %.2f: %s", goal, ratio <= goal ? "met" : "missed"));
}

}  // namespace

absl::Status RunAgainstFloor(const AgainstFloorCase& options, const Processors& processors,
                             benchmark::State& state) {
  const RigOptions rig_options{.clients = kClients,
                               .publishers = options.publishers,
                               .message_bytes = kMessageBytes,
                               .server_cpu = processors.server};
  const Traffic traffic{.pace = options.pace,
                        .messages_per_publisher = options.messages_per_publisher};
  absl::StatusOr<std::unique_ptr<Rig>> floor = Rig::StartWarm(Floor(), rig_options, traffic);
  if (!floor.ok()) {
    return floor.status();
  }
  absl::StatusOr<std::unique_ptr<Rig>> fanfare = Rig::StartWarm(Fanfare(), rig_options, traffic);
  if (!fanfare.ok()) {
    return fanfare.status();
  }
  Samples samples;
  for (auto _ : state) {
    absl::StatusOr<Measurement> floor_round = (*floor)->Run(traffic);
    if (!floor_round.ok()) {
      return floor_round.status();
    }
    absl::StatusOr<Measurement> fanfare_round = (*fanfare)->Run(traffic);
    if (!fanfare_round.ok()) {
      return fanfare_round.status();
    }
    samples.Add(*floor_round, *fanfare_round);
  }
  Report(samples, options.goal, state);
  absl::Status finished = (*floor)->Finish();
  finished.Update((*fanfare)->Finish());
  return finished;
}

}  // namespace fanfare::bench
