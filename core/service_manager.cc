#include "core/service_manager.h"

#include <sys/socket.h>
#include <systemd/sd-daemon.h>

#include <cstdint>
#include <cstdlib>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/compat.h"
#include "core/log_text.h"

namespace fanfare {
namespace {

// What an error shows of a name.
constexpr std::size_t kMaxShownBytes = 64;

struct PassedSocket {
  int fd = -1;
  std::string name;
};

// For as long as the process lives. Also what is no fit socket: the error comes when it is used.
const std::vector<PassedSocket>& AllPassed() {
  static const std::vector<PassedSocket> kPassed = [] {
    std::vector<PassedSocket> passed;
    char** names = nullptr;
    const int count = sd_listen_fds_with_names(0, &names);
    for (int i = 0; i < count; ++i) {
      passed.push_back({.fd = SD_LISTEN_FDS_START + i, .name = names[i]});
      std::free(names[i]);
    }
    std::free(static_cast<void*>(names));
    return passed;
  }();
  return kPassed;
}

bool AcceptsTcp(int fd) {
  constexpr int kListens = 1;
  constexpr std::uint16_t kAnyPort = 0;
  return sd_is_socket_inet(fd, AF_UNSPEC, SOCK_STREAM, kListens, kAnyPort) > 0;
}

std::string Shown(std::string_view name) {
  return QuoteForLog(name, kMaxShownBytes);
}

// A line that is made of what others sent must not become two.
std::string OneLine(std::string text) {
  for (char& c : text) {
    if (c == '\n') c = ' ';
  }
  return text;
}

// Not to be heard is no reason to do anything else than to go on.
void Notify(const std::string& state) {
  sd_notify(0, state.c_str());
}

}  // namespace

void NotifyReady(const std::string& status) {
  Notify(absl::StrCat("READY=1\nSTATUS=", OneLine(status)));
}

void NotifyReloading() {
  // The time is for Type=notify-reload (systemd 253).
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  const auto now_us = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
  Notify(absl::StrCat("RELOADING=1\nMONOTONIC_USEC=", now_us, "\nSTATUS=reloading"));
}

void NotifyStopping() {
  Notify("STOPPING=1\nSTATUS=stopping");
}

void NotifyStatus(const std::string& status) {
  Notify(absl::StrCat("STATUS=", OneLine(status)));
}

void NotifyWatchdog() {
  Notify("WATCHDOG=1");
}

std::optional<std::chrono::microseconds> WatchdogTime() {
  std::uint64_t time_us = 0;
  if (sd_watchdog_enabled(0, &time_us) <= 0) return std::nullopt;
  return std::chrono::microseconds(time_us);
}

absl::StatusOr<std::vector<int>> PassedSockets(std::string_view name) {
  if (AllPassed().empty()) {
    return absl::NotFoundError(
        "the service manager passed no sockets (LISTEN_FDS); is the .socket unit running?");
  }
  std::vector<int> found;
  std::vector<std::string> names;
  for (const PassedSocket& socket : AllPassed()) {
    names.push_back(Shown(socket.name));
    if (!name.empty() && socket.name != name) continue;
    if (!AcceptsTcp(socket.fd)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "the service manager passed ", Shown(socket.name), ", which accepts no TCP connections"));
    }
    found.push_back(socket.fd);
  }
  if (!found.empty()) return found;
  return absl::NotFoundError(absl::StrCat("the service manager passed no socket of that name, but ",
                                          absl::StrJoin(names, ", ")));
}

}  // namespace fanfare
