// The server program: start, and stop on a signal.

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "core/admin/admin_server.h"
#include "core/compat.h"
#include "core/config.h"
#include "core/config_text.h"
#include "core/descriptors.h"
#include "core/flags.h"
#include "core/health.h"
#include "core/logging.h"
#include "core/server.h"
#include "core/service_manager.h"
#include "core/watchdog.h"
#include "spdlog/spdlog.h"

namespace fanfare {
namespace {

// What a stop may take beyond limits.shutdown_seconds.
constexpr std::chrono::seconds kTimeForTheLog{2};

int Fail(std::string_view what) {
  std::fprintf(stderr, "server: %.*s\n", static_cast<int>(what.size()), what.data());
  return 1;
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

// For `systemctl status`.
std::string StatusLine(const Server& server) {
  std::string addresses;
  for (const Endpoint& endpoint : server.endpoints()) {
    absl::StrAppend(&addresses, " ", ToString(endpoint));
  }
  return absl::StrCat("serving at", addresses);
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
  DescribeFlags();
  absl::StatusOr<Settings> settings = ReadSettings(argc, argv);
  if (!settings.ok()) return Fail(ToStd(settings.status().message()));
  Config& config = settings->config;
  if (settings->task == Task::kPrintConfig) return PrintConfig(config);
  if (settings->task == Task::kCheckConfig) return CheckOnly(config);

  const sigset_t signals = BlockStopSignals();
  const Logging logging;
  if (absl::Status status = FitConnectionsToDescriptors(config); !status.ok()) {
    return Fail(ToStd(status.message()));
  }
  absl::StatusOr<std::unique_ptr<Server>> server = Server::Start(config);
  if (!server.ok()) return Fail(ToStd(server.status().message()));
  const auto admin = StartAdmin(config, **server);
  if (!admin.ok()) return Fail(ToStd(admin.status().message()));
  LogStart(**server, config.limits);

  NotifyReady(StatusLine(**server));
  const Watchdog watchdog([&server = **server] { return StuckShards(server); });

  int signal = 0;
  sigwait(&signals, &signal);
  // A second one ends the process at once, also when the log's reader is stuck.
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  EndWithin(config.limits.shutdown_time + kTimeForTheLog);
  NotifyStopping();
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
