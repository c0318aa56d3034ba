#include "core/listeners.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/compat.h"
#include "core/event_log.h"
#include "core/listen_address.h"
#include "core/service_manager.h"

namespace fanfare {
namespace {

using Shards = std::vector<std::unique_ptr<Shard>>;

// How often another free port is tried, when the one that the first address of a name was given is
// in use at the second.
constexpr int kFreePortTries = 10;

using SharedListeners = std::vector<std::shared_ptr<Listener>>;

// Where one of those that go listens already, at a copy of its socket; each gives one copy, because
// no two are to accept there.
absl::StatusOr<std::shared_ptr<Listener>> OpenAt(const Endpoint& endpoint, SharedListeners& leaving,
                                                 const Shards& shards) {
  const auto there = std::ranges::find_if(
      leaving, [&](const auto& listener) { return listener->endpoint() == endpoint; });
  if (there == leaving.end()) return Listener::Open(endpoint, shards);
  const std::shared_ptr<Listener> before = std::move(*there);
  leaving.erase(there);
  return Listener::OpenCopy(before->socket(), shards);
}

absl::StatusOr<SharedListeners> OpenOnce(const ListenAddress& address, SharedListeners& leaving,
                                         const Shards& shards) {
  SharedListeners opened;
  absl::Status not_here;
  std::uint16_t port = address.port;
  for (Endpoint endpoint : Endpoints(address)) {
    // With port 0, the second address of one name takes the port that the first was given.
    endpoint.port(port);
    auto listener = OpenAt(endpoint, leaving, shards);
    if (absl::IsNotFound(listener.status())) {
      not_here = listener.status();
      continue;
    }
    if (!listener.ok()) return listener.status();
    port = (*listener)->endpoint().port();
    opened.push_back(*std::move(listener));
  }
  if (opened.empty()) return not_here;
  if (!not_here.ok()) {
    const std::string text = absl::StrCat(not_here.message(), "; listening without it");
    WriteLog(LogEvent::kStarting, {.text = text, .level = LogLevel::kWarn});
  }
  return opened;
}

absl::StatusOr<SharedListeners> OpenPassed(std::string_view name, const Shards& shards) {
  const absl::StatusOr<std::vector<int>> sockets = PassedSockets(name);
  if (!sockets.ok()) return sockets.status();
  SharedListeners opened;
  for (const int socket : *sockets) {
    auto listener = Listener::OpenCopy(socket, shards);
    if (!listener.ok()) return listener.status();
    opened.push_back(*std::move(listener));
  }
  return opened;
}

absl::StatusOr<OpenAddress> Open(const std::string& text, SharedListeners& leaving,
                                 const Shards& shards) {
  const absl::StatusOr<ListenAddress> address = ParseListen(text);
  if (!address.ok()) return address.status();
  auto opened =
      address->passed ? OpenPassed(*address->passed, shards) : OpenOnce(*address, leaving, shards);
  if (address->passed && !opened.ok()) {
    return absl::Status(opened.status().code(),
                        absl::StrCat("cannot listen on ", text, ": ", opened.status().message()));
  }
  for (int tries = 1; address->port == 0 && tries < kFreePortTries; ++tries) {
    if (!absl::IsAlreadyExists(opened.status())) break;
    opened = OpenOnce(*address, leaving, shards);
  }
  if (!opened.ok()) return opened.status();
  if (address->is_tls) {
    for (const auto& listener : *opened) listener->SpeakTls();
  }
  return OpenAddress{.text = text, .listeners = *std::move(opened)};
}

SharedListeners ListenersOf(const Listeners& addresses) {
  SharedListeners all;
  for (const OpenAddress& address : addresses) {
    all.insert(all.end(), address.listeners.begin(), address.listeners.end());
  }
  return all;
}

}  // namespace

absl::StatusOr<ListenerChange> ChangeListeners(Listeners before,
                                               const std::vector<std::string>& addresses,
                                               const Shards& shards) {
  ListenerChange change;
  for (const std::string& text : addresses) {
    const auto kept = std::ranges::find(before, text, &OpenAddress::text);
    if (kept == before.end()) {
      change.all.push_back({.text = text, .listeners = {}});
    } else {
      change.all.push_back(std::move(*kept));
      before.erase(kept);
    }
  }
  SharedListeners leaving = ListenersOf(before);
  for (OpenAddress& address : change.all) {
    if (!address.listeners.empty()) continue;
    absl::StatusOr<OpenAddress> opened = Open(address.text, leaving, shards);
    if (!opened.ok()) return opened.status();
    address = *std::move(opened);
    change.opened.push_back(address);
  }
  change.dropped = std::move(before);
  return change;
}

void Accept(const Listeners& listeners) {
  for (const auto& listener : ListenersOf(listeners)) listener->Accept();
}

void Close(const Listeners& listeners) {
  for (const auto& listener : ListenersOf(listeners)) listener->Close();
}

std::function<void()> ToAccept(const Listeners& listeners) {
  const SharedListeners all = ListenersOf(listeners);
  // Without memory to accept anybody ever, the process ends rather than seem to be well.
  return [seen = std::vector<std::weak_ptr<Listener>>(all.begin(), all.end())]() noexcept {
    for (const auto& each : seen) {
      if (const auto listener = each.lock()) listener->Accept();
    }
  };
}

std::vector<std::string> UrlsOf(const Listeners& listeners) {
  std::vector<std::string> urls;
  for (const auto& listener : ListenersOf(listeners)) urls.push_back(listener->Url());
  return urls;
}

std::vector<Endpoint> EndpointsOf(const Listeners& listeners) {
  std::vector<Endpoint> endpoints;
  for (const auto& listener : ListenersOf(listeners)) endpoints.push_back(listener->endpoint());
  return endpoints;
}

}  // namespace fanfare
