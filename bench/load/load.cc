// Loads a WebSocket broadcast server, this project's or any other, and says what it did: how fast
// and how surely each message reached everyone, and what that cost. bench/README.md says how to
// read the numbers.
//
//   load --url='ws://127.0.0.1:8080/chat' --connections=1000 --rate=100 --server_pid=$(pidof
//   server)

#include <charconv>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "bench/load/options.h"
#include "bench/load/report.h"
#include "bench/load/run.h"
#include "bench/machine.h"

ABSL_FLAG(std::string, url, "ws://127.0.0.1:8080/chat",
          "server and path; {room} in the path is the number of a room");
ABSL_FLAG(std::uint32_t, connections, 100, "connections in all, dealt over the rooms evenly");
ABSL_FLAG(std::uint32_t, rooms, 1, "rooms; more than one need {room} in --url");
ABSL_FLAG(std::uint32_t, publishers, 1,
          "connections that publish too, dealt over the rooms evenly; 0 publishes nothing");
ABSL_FLAG(std::uint32_t, size, 64, "bytes of each message");
ABSL_FLAG(int, window, 1, "closed loop: messages of each publisher under way");
ABSL_FLAG(bool, lockstep, false, "closed loop: the next message when all clients have the last");
ABSL_FLAG(double, rate, 0, "open loop: messages per second in all, on schedule");
ABSL_FLAG(absl::Duration, warmup, absl::Seconds(2), "publish for so long before measuring");
ABSL_FLAG(absl::Duration, duration, absl::Seconds(10), "measure for so long");
ABSL_FLAG(absl::Duration, drain, absl::Seconds(10),
          "then wait for late deliveries at most so long");
ABSL_FLAG(double, ramp, 0, "connections opened per second; 0 is as fast as 64 under way go");
ABSL_FLAG(std::uint32_t, stalled, 0, "connections that never read");
ABSL_FLAG(double, churn, 0, "connections per second that are closed and opened again");
ABSL_FLAG(std::vector<std::string>, server_pid, {},
          "the server's process, or processes with commas between: measures CPU time and memory");
ABSL_FLAG(int, cpu, -1, "processor to stay on; -1 is any");
ABSL_FLAG(std::string, json, "", "file for the result as JSON; - is standard output");

namespace fanfare::bench {
namespace {

// What the exit status says.
constexpr int kCorrect = 0;
constexpr int kIncorrect = 1;
constexpr int kNotMeasured = 2;

absl::StatusOr<std::vector<pid_t>> ServerPids() {
  std::vector<pid_t> pids;
  for (const std::string& text : absl::GetFlag(FLAGS_server_pid)) {
    pid_t pid = 0;
    const char* const end = text.data() + text.size();
    const auto [parsed, error] = std::from_chars(text.data(), end, pid);
    if (error != std::errc() || parsed != end || ResidentBytes(pid) == 0) {
      return absl::InvalidArgumentError(absl::StrCat("--server_pid: no process ", text));
    }
    pids.push_back(pid);
  }
  return pids;
}

absl::StatusOr<Mode> ChosenMode() {
  if (absl::GetFlag(FLAGS_publishers) == 0) {
    return Mode::kIdle;
  }
  const bool rate = absl::GetFlag(FLAGS_rate) != 0;
  const bool lockstep = absl::GetFlag(FLAGS_lockstep);
  const bool window = absl::GetFlag(FLAGS_window) != 1;
  if (rate + lockstep + window > 1) {
    return absl::InvalidArgumentError("--rate, --lockstep and --window exclude each other");
  }
  return rate ? Mode::kRate : lockstep ? Mode::kLockstep : Mode::kWindow;
}

absl::StatusOr<Options> OptionsOfFlags() {
  Options options;
  absl::StatusOr<Url> url = ParseUrl(absl::GetFlag(FLAGS_url));
  if (!url.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("--url: ", url.status().message()));
  }
  absl::StatusOr<Mode> mode = ChosenMode();
  if (!mode.ok()) {
    return mode.status();
  }
  absl::StatusOr<std::vector<pid_t>> pids = ServerPids();
  if (!pids.ok()) {
    return pids.status();
  }
  options.url = *std::move(url);
  options.mode = *mode;
  options.server_pids = *std::move(pids);
  options.roster = {.connections = absl::GetFlag(FLAGS_connections),
                    .publishers = absl::GetFlag(FLAGS_publishers),
                    .rooms = absl::GetFlag(FLAGS_rooms),
                    .stalled = absl::GetFlag(FLAGS_stalled)};
  options.window = absl::GetFlag(FLAGS_window);
  options.rate = absl::GetFlag(FLAGS_rate);
  options.size = absl::GetFlag(FLAGS_size);
  options.warmup = absl::ToChronoNanoseconds(absl::GetFlag(FLAGS_warmup));
  options.duration = absl::ToChronoNanoseconds(absl::GetFlag(FLAGS_duration));
  options.drain = absl::ToChronoNanoseconds(absl::GetFlag(FLAGS_drain));
  options.ramp = absl::GetFlag(FLAGS_ramp);
  options.churn = absl::GetFlag(FLAGS_churn);
  absl::Status status = Check(options);
  status.Update(AllowConnections(static_cast<int>(options.roster.connections)));
  if (!status.ok()) {
    return status;
  }
  return options;
}

// Writes the JSON where it is wanted, and the table to whichever stream is free.
bool Write(const Result& result) {
  const std::string file = absl::GetFlag(FLAGS_json);
  const bool to_output = file == "-";
  (to_output ? std::cerr : std::cout) << ToTable(result) << std::flush;
  if (to_output) {
    std::cout << ToJson(result) << std::flush;
    return std::cout.good();
  }
  if (!file.empty()) {
    std::ofstream out(file);
    out << ToJson(result) << std::flush;
    return out.good();
  }
  return true;
}

int Main() {
  const int cpu = absl::GetFlag(FLAGS_cpu);
  if (cpu >= 0 && !PinThisThread(cpu)) {
    std::cerr << "--cpu: cannot stay on processor " << cpu << "\n";
    return kNotMeasured;
  }
  const absl::StatusOr<Options> options = OptionsOfFlags();
  if (!options.ok()) {
    std::cerr << options.status().message() << "\n";
    return kNotMeasured;
  }
  const absl::StatusOr<Result> result = LoadRun(*options).Execute();
  if (!result.ok()) {
    std::cerr << result.status().message() << "\n";
    return kNotMeasured;
  }
  if (!Write(*result)) {
    std::cerr << "--json: cannot write " << absl::GetFlag(FLAGS_json) << "\n";
    return kNotMeasured;
  }
  return result->problems.none() ? kCorrect : kIncorrect;
}

}  // namespace
}  // namespace fanfare::bench

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("loads a WebSocket broadcast server and measures it");
  absl::ParseCommandLine(argc, argv);
  return fanfare::bench::Main();
}
