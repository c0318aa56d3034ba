// The server program: start, reload and stop on a signal.

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/admin/admin_server.h"
#include "core/compat.h"
#include "core/config.h"
#include "core/config_text.h"
#include "core/descriptors.h"
#include "core/event_log.h"
#include "core/flags.h"
#include "core/health.h"
#include "core/logging.h"
#include "core/memory_reserve.h"
#include "core/server.h"
#include "core/service_manager.h"
#include "core/watchdog.h"

namespace fanfare {
namespace {

// What a stop may take beyond limits.shutdown_seconds.
constexpr std::chrono::seconds kTimeForTheLog{2};

int Fail(std::string_view what) {
  std::fprintf(stderr, "server: %.*s\n", static_cast<int>(what.size()), what.data());
  return 1;
}

void LogAddresses(const Server& server, const AdminServer& admin) {
  for (const std::string& url : server.urls()) {
    // "http://…" and "ws://…", or "https://…" and "wss://…".
    constexpr std::size_t kHttpSize = 4;
    const std::string text =
        absl::StrCat("listening on ", url, "/ (WebSocket: ws", url.substr(kHttpSize), "/)");
    WriteLog(LogEvent::kStarting, {.text = text, .fields = {{"url", url}}});
  }
  for (const Endpoint& endpoint : admin.endpoints()) {
    const std::string address = ToString(endpoint);
    const std::string text =
        absl::StrCat("for operators: http://", address,
                     "/ (healthz, readyz, metrics; whoever reaches it may ask and steer)");
    WriteLog(LogEvent::kStarting, {.text = text, .fields = {{"address", address}}});
  }
}

void LogRoutes(const Server& server) {
  const SharedGeneration generation = server.generation();
  int width = 0;
  for (const auto& entry : generation->router().entries()) {
    width = std::max(width, static_cast<int>(entry.pattern.size()));
  }
  for (const auto& entry : generation->router().entries()) {
    const std::string text = absl::StrFormat("  %-*s  %s", width, entry.pattern, entry.name);
    WriteLog(
        LogEvent::kStarting,
        {.about = {.route = entry.name}, .text = text, .fields = {{"pattern", entry.pattern}}});
  }
  const std::string text =
      absl::StrCat("shards: ", server.shards(), ", egress: ", ToAbsl(server.egress()),
                   ", connections: at most ", generation->limits().connections);
  WriteLog(LogEvent::kStarting, {.text = text});
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
  if (cut > 0) {
    const std::string text = absl::StrCat(cut, " connections did not end in time and were cut");
    WriteLog(LogEvent::kStopping,
             {.text = text, .fields = {{"cut", std::uint64_t{cut}}}, .level = LogLevel::kWarn});
  }
  const std::string text = absl::StrCat("stopped;", counts.empty() ? " nobody came" : counts);
  WriteLog(LogEvent::kStopped, {.text = text});
}

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM}) sigaddset(&signals, signal);
  return signals;
}

// Blocks the signals that stop the server or make it read its configuration again, in this thread
// and those that it starts.
sigset_t BlockSignals() {
  sigset_t signals = StopSignals();
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  // A log reader that has gone is not a reason to go, too.
  std::signal(SIGPIPE, SIG_IGN);
  // Nor is one that is as large as it may be (ulimit -f).
  std::signal(SIGXFSZ, SIG_IGN);
  return signals;
}

// A second one ends the process at once, also when the log's reader is stuck. SIGHUP stays blocked:
// there is nothing to reload any more, and it is no reason to end without a word to the sessions.
void UnblockStopSignals() {
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
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
  const absl::StatusOr<SharedGeneration> generation = Server::Check(config);
  if (!generation.ok()) return Fail(ToStd(generation.status().message()));
  std::fputs(ConfigText(config, &(*generation)->routes()).c_str(), stdout);
  return 0;
}

int CheckOnly(const Config& config) {
  if (absl::Status status = Server::Check(config).status(); !status.ok()) {
    return Fail(ToStd(status.message()));
  }
  std::printf("%s: right\n", config.file.c_str());
  return 0;
}

// A configuration that can be put in place, as far as the server itself is not asked.
struct NextConfig {
  Config config;
  AdminServer::Change admin;
};

absl::StatusOr<NextConfig> PrepareNext(const Flags& flags, const AdminServer& admin) {
  absl::StatusOr<Config> config = ReadConfig(flags);
  if (!config.ok()) return config.status();
  if (absl::Status status = FitConnectionsToDescriptors(*config); !status.ok()) return status;
  absl::StatusOr<AdminServer::Change> change = admin.Prepare(*config);
  if (!change.ok()) return change.status();
  return NextConfig{.config = *std::move(config), .admin = *std::move(change)};
}

// Puts the configuration in place that the file says now. When something is wrong with it, nothing
// changes.
absl::Status Reload(const Flags& flags, Server& server, AdminServer& admin) {
  absl::StatusOr<NextConfig> next = PrepareNext(flags, admin);
  if (!next.ok()) {
    server.CountRefusedReload();
    return next.status();
  }
  if (absl::Status status = server.Reload(next->config); !status.ok()) return status;
  admin.Adopt(std::move(next->admin));
  SetLogLevel(next->config.log.level);
  SetLogRate(next->config.log.lines_per_second);
  return absl::OkStatus();
}

void ReloadAndLog(const Flags& flags, Server& server, AdminServer& admin) {
  WriteLog(LogEvent::kReloading, {.text = "reading the configuration again on SIGHUP"});
  NotifyReloading();
  const absl::Status status = Reload(flags, server, admin);
  if (status.ok()) {
    LogAddresses(server, admin);
    LogRoutes(server);
    WriteLog(LogEvent::kReloading, {.text = "the new configuration is in place"});
  } else {
    const std::string text = absl::StrCat("the configuration stays as it was: ", status.message());
    WriteLog(LogEvent::kReloading, {.text = text, .level = LogLevel::kError});
  }
  NotifyReady(StatusLine(server));
}

// Returns the signal that the server is to stop on.
int ServeUntilSignal(const sigset_t& signals, const std::function<void()>& reload) {
  while (true) {
    int signal = 0;
    sigwait(&signals, &signal);
    if (signal != SIGHUP) return signal;
    reload();
  }
}

int Main(int argc, char** argv) {
  DescribeFlags();
  const absl::StatusOr<Flags> flags = ReadFlags(argc, argv);
  if (!flags.ok()) return Fail(ToStd(flags.status().message()));
  absl::StatusOr<Config> config = ReadConfig(*flags);
  if (!config.ok()) return Fail(ToStd(config.status().message()));
  if (flags->task == Task::kPrintConfig) return PrintConfig(*config);
  if (flags->task == Task::kCheckConfig) return CheckOnly(*config);

  KeepMemoryReserve();
  const sigset_t signals = BlockSignals();
  const Logging logging(config->log);
  if (absl::Status status = FitConnectionsToDescriptors(*config); !status.ok()) {
    return Fail(ToStd(status.message()));
  }
  absl::StatusOr<std::unique_ptr<Server>> server = Server::Start(*config);
  if (!server.ok()) return Fail(ToStd(server.status().message()));
  auto admin = AdminServer::Start(*config, **server);
  if (!admin.ok()) return Fail(ToStd(admin.status().message()));
  LogAddresses(**server, **admin);
  LogRoutes(**server);

  NotifyReady(StatusLine(**server));
  const Watchdog watchdog([&server = **server] { return StuckShards(server); });

  const int signal = ServeUntilSignal(signals, [&] { ReloadAndLog(*flags, **server, **admin); });
  UnblockStopSignals();
  EndWithin((*server)->generation()->limits().shutdown_time + kTimeForTheLog);
  NotifyStopping();
  const std::string_view name = signal == SIGINT ? "SIGINT" : "SIGTERM";
  const std::string text = absl::StrCat("stopping on ", ToAbsl(name));
  WriteLog(LogEvent::kStopping, {.text = text, .fields = {{"signal", name}}});
  const std::size_t cut = (*server)->Stop();
  LogStop(**server, cut);
  return 0;
}

}  // namespace
}  // namespace fanfare

int main(int argc, char** argv) {
  return fanfare::Main(argc, argv);
}
