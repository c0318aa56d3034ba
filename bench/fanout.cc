// Measures how fast a server brings each message of a room to all clients of the room:
// `fanout/...` in absolute numbers, `against_floor/...` as a multiple of what the floor costs,
// `against_plain/...` a room of JSON clients as a multiple of what a plain one costs.
// bench/README.md says what the numbers mean and how to repeat them.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "bench/against_floor.h"
#include "bench/against_plain.h"
#include "bench/fanout_case.h"
#include "bench/machine.h"
#include "bench/subject.h"

ABSL_FLAG(std::string, subject, "fanfare", "server that fanout/... measures: fanfare or floor");
ABSL_FLAG(int, window, 1, "messages of each publisher under way at once in fanout/...");

namespace fanfare::bench {
namespace {

constexpr int kClients[] = {10, 100, 1000, 5000};
constexpr std::size_t kMessageBytes[] = {64, 1024};
constexpr int kPublishers[] = {1, 16};

// Pairs of rounds on the floor and on Fanfare.
constexpr int kPairs = 20;

// What Fanfare may cost with io_uring, in the floor's CPU time per delivery. With one message in
// flight there is nothing to gather, and a batch submitted at once should save what system calls
// cost. With many publishers both gather what came in one turn; then it should make up for the
// receiving side, where a server checks and routes and the floor does not.
constexpr double kLockstepGoal = 0.85;
constexpr double kPipelinedGoal = 1.00;

// What a room of the JSON protocol may cost, in a plain room's CPU time per delivery: its frames
// are three times as large, and each message is read, named and recorded; but once for all.
constexpr double kJsonGoal = 1.10;

// Whether any benchmark failed, for the exit status.
bool failed = false;

void Judge(const absl::Status& status, benchmark::State& state) {
  if (!status.ok()) {
    failed = true;
    state.SkipWithError(status.ToString().c_str());
  }
}

void RegisterFanout(const Subject& subject, const Processors& processors) {
  for (const int publishers : kPublishers) {
    for (const std::size_t message_bytes : kMessageBytes) {
      for (const int clients : kClients) {
        const FanoutCase options{.clients = clients,
                                 .message_bytes = message_bytes,
                                 .publishers = std::min(publishers, clients),
                                 .window = absl::GetFlag(FLAGS_window)};
        benchmark::RegisterBenchmark(options.Name().c_str(),
                                     [=](benchmark::State& state) {
                                       Judge(RunFanout(options, subject, processors, state), state);
                                     })
            ->Iterations(options.Messages())
            ->UseManualTime()
            ->Unit(benchmark::kMicrosecond);
      }
    }
  }
}

void RegisterAgainstFloor(const AgainstFloorCase& options, const Processors& processors) {
  const std::string name = absl::StrCat("against_floor/publishers:", options.publishers);
  benchmark::RegisterBenchmark(
      name.c_str(),
      [=](benchmark::State& state) { Judge(RunAgainstFloor(options, processors, state), state); })
      ->Iterations(kPairs)
      ->UseRealTime()
      ->Unit(benchmark::kMillisecond);
}

void RegisterAgainstPlain(const AgainstPlainCase& options, const Processors& processors) {
  const std::string name = absl::StrCat("against_plain/publishers:", options.publishers);
  benchmark::RegisterBenchmark(
      name.c_str(),
      [=](benchmark::State& state) { Judge(RunAgainstPlain(options, processors, state), state); })
      ->Iterations(kPairs)
      ->UseRealTime()
      ->Unit(benchmark::kMillisecond);
}

int Main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  absl::ParseCommandLine(argc, argv);
  const std::string subject = absl::GetFlag(FLAGS_subject);
  if (subject != "fanfare" && subject != "floor") {
    std::cerr << "--subject must be fanfare or floor\n";
    return EXIT_FAILURE;
  }
  const Processors processors = DivideProcessors();
  if (processors.load.has_value()) {
    PinThisThread(*processors.load);
  }
  benchmark::AddCustomContext("subject", subject);
  benchmark::AddCustomContext("pinned", processors.load.has_value() ? "yes" : "no");
  RegisterFanout(subject == "floor" ? Floor() : Fanfare(), processors);
  RegisterAgainstFloor({.pace = Traffic::Pace::kLockstep,
                        .publishers = 1,
                        .messages_per_publisher = 200,
                        .goal = kLockstepGoal},
                       processors);
  RegisterAgainstFloor({.pace = Traffic::Pace::kPipelined,
                        .publishers = 16,
                        .messages_per_publisher = 100,
                        .goal = kPipelinedGoal},
                       processors);
  RegisterAgainstPlain({.pace = Traffic::Pace::kLockstep,
                        .publishers = 1,
                        .messages_per_publisher = 200,
                        .goal = kJsonGoal},
                       processors);
  RegisterAgainstPlain({.pace = Traffic::Pace::kPipelined,
                        .publishers = 16,
                        .messages_per_publisher = 100,
                        .goal = kJsonGoal},
                       processors);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

}  // namespace
}  // namespace fanfare::bench

int main(int argc, char** argv) {
  return fanfare::bench::Main(argc, argv);
}
