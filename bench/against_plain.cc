#include "bench/against_plain.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "bench/median.h"
#include "bench/rig.h"
#include "bench/subject.h"

namespace fanfare::bench {
namespace {

constexpr int kClients = 500;
constexpr std::size_t kMessageBytes = 64;

enum Room { kPlain, kJson, kAsLarge, kRooms };

// What the rounds gave, by rooms.
using Samples = std::array<std::vector<double>, kRooms>;

std::vector<double> Ratios(const std::vector<double>& of, const std::vector<double>& to) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < of.size(); ++i) {
    ratios.push_back(of[i] / to[i]);
  }
  return ratios;
}

void Report(const Samples& samples, double goal, benchmark::State& state) {
  const std::vector<double> ratios = Ratios(samples[kJson], samples[kPlain]);
  const auto [least, most] = std::minmax_element(ratios.begin(), ratios.end());
  const double ratio = Median(ratios);
  state.counters["cpu_ratio"] = ratio;
  state.counters["cpu_ratio_min"] = *least;
  state.counters["cpu_ratio_max"] = *most;
  state.counters["bytes_ratio"] = Median(Ratios(samples[kAsLarge], samples[kPlain]));
  state.counters["work_ratio"] = Median(Ratios(samples[kJson], samples[kAsLarge]));
  state.counters["plain_cpu_ns"] = Median(samples[kPlain]);
  state.counters["json_cpu_ns"] = Median(samples[kJson]);
  state.SetLabel(
      absl::StrFormat("goal: cpu_ratio <= %.2f: %s", goal, ratio <= goal ? "met" : "missed"));
}

}  // namespace

absl::Status RunAgainstPlain(const AgainstPlainCase& options, const Processors& processors,
                             benchmark::State& state) {
  RigOptions rig_options{.clients = kClients,
                         .publishers = options.publishers,
                         .message_bytes = kMessageBytes,
                         .server_cpu = processors.server};
  const Traffic traffic{.pace = options.pace,
                        .messages_per_publisher = options.messages_per_publisher};
  std::array<std::unique_ptr<Rig>, kRooms> rigs;
  const auto start = [&](Room room, const Subject& subject) {
    absl::StatusOr<std::unique_ptr<Rig>> rig = Rig::StartWarm(subject, rig_options, traffic);
    if (!rig.ok()) {
      return rig.status();
    }
    rigs[room] = *std::move(rig);
    return absl::OkStatus();
  };
  absl::Status status = start(kPlain, Fanfare());
  status.Update(start(kJson, FanfareJson()));
  if (!status.ok()) {
    return status;
  }
  absl::StatusOr<Measurement> first = rigs[kJson]->Run(traffic);
  if (!first.ok()) {
    return first.status();
  }
  rig_options.message_bytes =
      static_cast<std::size_t>(first->load.payload_bytes / first->load.deliveries);
  state.counters["json_bytes"] = static_cast<double>(rig_options.message_bytes);
  if (status = start(kAsLarge, Fanfare()); !status.ok()) {
    return status;
  }
  Samples samples;
  for (auto _ : state) {
    for (std::size_t room = 0; room < kRooms; ++room) {
      absl::StatusOr<Measurement> round = rigs[room]->Run(traffic);
      if (!round.ok()) {
        return round.status();
      }
      samples[room].push_back(round->ServerNanosecondsPerDelivery());
    }
  }
  Report(samples, options.goal, state);
  for (const std::unique_ptr<Rig>& rig : rigs) {
    status.Update(rig->Finish());
  }
  return status;
}

}  // namespace fanfare::bench
