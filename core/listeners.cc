#include "core/listeners.h"

#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/compat.h"
#include "core/listen_address.h"
#include "core/service_manager.h"
#include "spdlog/spdlog.h"

namespace fanfare {
namespace {

using Shards = std::vector<std::unique_ptr<Shard>>;

// How often another free port is tried, when the one that the first address of a name was given is
// in use at the second.
constexpr int kFreePortTries = 10;

absl::StatusOr<Listeners> OpenAddress(const ListenAddress& address, const Shards& shards) {
  Listeners opened;
  absl::Status not_here;
  std::uint16_t port = address.port;
  for (Endpoint endpoint : Endpoints(address)) {
    // With port 0, the second address of one name takes the port that the first was given.
    endpoint.port(port);
    auto listener = Listener::Open(endpoint, shards);
    if (absl::IsNotFound(listener.status())) {
      not_here = listener.status();
      continue;
    }
    if (!listener.ok()) return listener.status();
    port = (*listener)->endpoint().port();
    opened.push_back(*std::move(listener));
  }
  if (opened.empty()) return not_here;
  if (!not_here.ok()) spdlog::warn("{}; listening without it", ToStd(not_here.message()));
  return opened;
}

absl::StatusOr<Listeners> OpenPassed(std::string_view name, const Shards& shards) {
  const absl::StatusOr<std::vector<int>> sockets = PassedSockets(name);
  if (!sockets.ok()) return sockets.status();
  Listeners opened;
  for (const int socket : *sockets) {
    auto listener = Listener::OpenCopy(socket, shards);
    if (!listener.ok()) return listener.status();
    opened.push_back(*std::move(listener));
  }
  return opened;
}

}  // namespace

absl::StatusOr<Listeners> OpenListeners(const std::vector<std::string>& addresses,
                                        const Shards& shards) {
  Listeners listeners;
  for (const std::string& text : addresses) {
    const absl::StatusOr<ListenAddress> address = ParseListen(text);
    if (!address.ok()) return address.status();
    if (address->passed.has_value()) {
      absl::StatusOr<Listeners> passed = OpenPassed(*address->passed, shards);
      if (!passed.ok()) {
        return absl::Status(passed.status().code(), absl::StrCat("cannot listen on ", text, ": ",
                                                                 passed.status().message()));
      }
      for (auto& listener : *passed) listeners.push_back(std::move(listener));
      continue;
    }
    absl::StatusOr<Listeners> opened = OpenAddress(*address, shards);
    for (int tries = 1; address->port == 0 && tries < kFreePortTries; ++tries) {
      if (!absl::IsAlreadyExists(opened.status())) break;
      opened = OpenAddress(*address, shards);
    }
    if (!opened.ok()) return opened.status();
    for (auto& listener : *opened) listeners.push_back(std::move(listener));
  }
  return listeners;
}

}  // namespace fanfare
