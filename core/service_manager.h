// What the server and the service manager that started it, such as systemd, tell each other. Where
// there is none, nothing is told, and no sockets are passed.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace fanfare {

// What the process does now, for sd_notify(3). `status` is for a person: `systemctl status` shows
// it. Any thread.
void NotifyReady(const std::string& status);
// NotifyReady must follow, however the reload went.
void NotifyReloading();
void NotifyStopping();
void NotifyStatus(const std::string& status);

// That the server is well; see watchdog.h.
void NotifyWatchdog();
// Within which time the manager wishes to hear that again and again; absent if it does not.
std::optional<std::chrono::microseconds> WatchdogTime();

// The listening sockets that the manager passed under this name (FileDescriptorName= of a .socket
// unit), or all of them if it is empty. The process keeps them: whoever uses one takes a copy. The
// error is for an administrator: there is none, or it is no socket that accepts TCP connections.
// Thread: any; the environment is read once.
absl::StatusOr<std::vector<int>> PassedSockets(std::string_view name);

}  // namespace fanfare
