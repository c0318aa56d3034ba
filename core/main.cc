// The server program: flags, configuration, start, and stop on a signal.

#include <pthread.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/flags/usage_config.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/admin/admin_server.h"
#include "core/compat.h"
#include "core/config.h"
#include "core/config_text.h"
#include "core/logging.h"
#include "core/server.h"
#include "core/version.h"
#include "spdlog/spdlog.h"

namespace fanfare {

// A flag's value, found and written by Abseil through these names.
bool AbslParseFlag(absl::string_view text, EgressChoice* choice, std::string* error) {
  for (const auto& [name, value] : kEgressChoices) {
    if (ToAbsl(name) != text) continue;
    *choice = value;
    return true;
  }
  *error = "expected auto, io_uring or syscalls";
  return false;
}

std::string AbslUnparseFlag(EgressChoice choice) {
  for (const auto& [name, value] : kEgressChoices) {
    if (value == choice) return std::string(name);
  }
  return "";
}

}  // namespace fanfare

ABSL_FLAG(std::string, config, "", "the configuration, a JSON file; flags win over it");
ABSL_FLAG(std::string, check_config, "",
          "check a configuration file, with the options of its routes, and exit: 0 if it is right");
ABSL_FLAG(bool, print_config, false,
          "print the configuration that the server would have, every setting with its meaning, "
          "and exit");
ABSL_FLAG(std::vector<std::string>, listen, {},
          "addresses to listen on, such as localhost:8080, 0.0.0.0:80, [::1]:8080 or *:8080");
ABSL_FLAG(int, threads, 0, "how many threads serve sessions; 0: one for each core");
ABSL_FLAG(fanfare::EgressChoice, egress, fanfare::EgressChoice::kAuto,
          "how messages leave: io_uring, syscalls, or auto: io_uring where it can be had");
ABSL_FLAG(bool, log_messages, false, "log every message, coming in (>>) and going out (<<)");

namespace fanfare {
namespace {

// Descriptors that are not connections: listeners, files, what was open before; and each shard's
// event loop (three of them) and egress.
constexpr rlim_t kOtherDescriptors = 64;
constexpr rlim_t kDescriptorsPerShard = 4;
constexpr rlim_t kAdminDescriptors = AdminServer::kMaxConnections + kDescriptorsPerShard;

// What a stop may take beyond limits.shutdown_seconds.
constexpr std::chrono::seconds kTimeForTheLog{2};

int Fail(std::string_view what) {
  std::fprintf(stderr, "server: %.*s\n", static_cast<int>(what.size()), what.data());
  return 1;
}

// Reads the configuration and then the flags, so that flags which were given win over it.
absl::StatusOr<Config> ReadSettings(int argc, char** argv) {
  const std::vector<char*> rest = absl::ParseCommandLine(argc, argv);
  if (rest.size() > 1) {
    return absl::InvalidArgumentError(std::string("unexpected argument: ") + rest[1]);
  }
  Config config;
  std::string file = absl::GetFlag(FLAGS_check_config);
  if (file.empty()) file = absl::GetFlag(FLAGS_config);
  if (!file.empty()) {
    absl::StatusOr<Config> read = ReadConfig(file);
    if (!read.ok()) return read;
    config = *std::move(read);
  }
  absl::SetFlag(&FLAGS_listen, config.listen);
  absl::SetFlag(&FLAGS_threads, config.threads);
  absl::SetFlag(&FLAGS_egress, config.egress);
  absl::SetFlag(&FLAGS_log_messages, config.log_messages);
  absl::ParseCommandLine(argc, argv);
  config.listen = absl::GetFlag(FLAGS_listen);
  config.threads = absl::GetFlag(FLAGS_threads);
  config.egress = absl::GetFlag(FLAGS_egress);
  config.log_messages = absl::GetFlag(FLAGS_log_messages);
  if (absl::Status status = CheckConfig(config); !status.ok()) return status;
  return config;
}

// Lets the process have as many descriptors as it may, and the server no more connections than
// that.
absl::Status FitConnectionsToDescriptors(Config& config) {
  rlimit descriptors{};
  if (getrlimit(RLIMIT_NOFILE, &descriptors) != 0) return absl::OkStatus();
  descriptors.rlim_cur = descriptors.rlim_max;
  setrlimit(RLIMIT_NOFILE, &descriptors);
  if (getrlimit(RLIMIT_NOFILE, &descriptors) != 0) return absl::OkStatus();
  const rlim_t others = kOtherDescriptors + kDescriptorsPerShard * ShardCount(config.threads) +
                        (config.admin_listen.empty() ? 0 : kAdminDescriptors);
  if (descriptors.rlim_cur <= others) {
    return absl::ResourceExhaustedError(
        absl::StrCat("this process may only have ", descriptors.rlim_cur,
                     " descriptors (ulimit -n); with so many threads it needs more than ", others));
  }
  const rlim_t room = descriptors.rlim_cur - others;
  std::size_t& limit = config.limits.connections;
  if (limit > room) {
    spdlog::warn(
        "limits.connections is {}, but this process may only have {} (ulimit -n): using that",
        limit, room);
  }
  if (limit == 0 || limit > room) limit = room;
  return absl::OkStatus();
}

// Null if there are no addresses for it.
absl::StatusOr<std::unique_ptr<AdminServer>> StartAdmin(const Config& config,
                                                        const Server& server) {
  if (config.admin_listen.empty()) return nullptr;
  auto admin = AdminServer::Start(config.admin_listen, server);
  if (!admin.ok()) return admin;
  for (const Endpoint& endpoint : (*admin)->endpoints()) {
    spdlog::info("for operators: http://{}/ (healthz, readyz, metrics)", ToString(endpoint));
  }
  return admin;
}

void LogStart(const Server& server, const Limits& limits) {
  for (const Endpoint& endpoint : server.endpoints()) {
    const std::string address = ToString(endpoint);
    spdlog::info("listening on http://{0}/ (WebSocket: ws://{0}/)", address);
  }
  std::size_t width = 0;
  for (const auto& entry : server.router().entries()) {
    width = std::max(width, entry.pattern.size());
  }
  for (const auto& entry : server.router().entries()) {
    spdlog::info("  {:<{}}  {}", entry.pattern, width, entry.name);
  }
  spdlog::info("shards: {}, egress: {}, connections: at most {}", server.shards(), server.egress(),
               limits.connections);
}

void LogStop(const Server& server, std::size_t cut) {
  std::string counts;
  for (const auto& [name, value] : server.Counters()) {
    if (value != 0) absl::StrAppend(&counts, " ", ToAbsl(name), "=", value);
  }
  if (cut > 0) spdlog::warn("{} connections did not end in time and were cut", cut);
  spdlog::info("stopped;{}", counts.empty() ? " nobody came" : counts);
}

// Blocks the signals that stop the server, in this thread and those that it starts.
sigset_t BlockStopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  // A log reader that has gone is not a reason to go, too.
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

// Ends the process then at the latest, whatever holds it up: a log whose reader has stopped, or a
// route that does not return.
void EndWithin(std::chrono::seconds time) {
  std::thread([time] {
    std::this_thread::sleep_for(time);
    std::_Exit(0);
  }).detach();
}

int PrintConfig(const Config& config) {
  if (absl::Status status = Server::Check(config); !status.ok()) {
    return Fail(ToStd(status.message()));
  }
  std::fputs(ConfigText(config).c_str(), stdout);
  return 0;
}

int CheckOnly(const Config& config) {
  if (absl::Status status = Server::Check(config); !status.ok()) {
    return Fail(ToStd(status.message()));
  }
  std::printf("%s: right\n", config.file.c_str());
  return 0;
}

int Main(int argc, char** argv) {
  absl::SetProgramUsageMessage("a WebSocket server; see README.md");
  absl::FlagsUsageConfig usage;
  usage.contains_help_flags = usage.contains_helpshort_flags = [](absl::string_view file) {
    return absl::EndsWith(file, "core/main.cc");
  };
  usage.version_string = [] { return absl::StrCat("fanfare ", ToAbsl(kVersion), "\n"); };
  absl::SetFlagsUsageConfig(usage);
  absl::StatusOr<Config> config = ReadSettings(argc, argv);
  if (!config.ok()) return Fail(ToStd(config.status().message()));
  if (absl::GetFlag(FLAGS_print_config)) return PrintConfig(*config);
  if (!absl::GetFlag(FLAGS_check_config).empty()) return CheckOnly(*config);

  const sigset_t signals = BlockStopSignals();
  const Logging logging;
  if (absl::Status status = FitConnectionsToDescriptors(*config); !status.ok()) {
    return Fail(ToStd(status.message()));
  }
  absl::StatusOr<std::unique_ptr<Server>> server = Server::Start(*config);
  if (!server.ok()) return Fail(ToStd(server.status().message()));
  const auto admin = StartAdmin(*config, **server);
  if (!admin.ok()) return Fail(ToStd(admin.status().message()));
  LogStart(**server, config->limits);

  int signal = 0;
  sigwait(&signals, &signal);
  // A second one ends the process at once, also when the log's reader is stuck.
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  EndWithin(config->limits.shutdown_time + kTimeForTheLog);
  spdlog::info("stopping on {}", signal == SIGINT ? "SIGINT" : "SIGTERM");
  const std::size_t cut = (*server)->Stop();
  LogStop(**server, cut);
  return 0;
}

}  // namespace
}  // namespace fanfare

int main(int argc, char** argv) {
  return fanfare::Main(argc, argv);
}
