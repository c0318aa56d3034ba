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

absl::StatusOr<std::vector<std::shared_ptr<Listener>>> OpenOnce(const ListenAddress& address,
                                                                const Shards& shards) {
  std::vector<std::shared_ptr<Listener>> opened;
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
  if (!not_here.ok()) {
    const std::string text = absl::StrCat(not_here.message(), "; listening without it");
    WriteLog(LogEvent::kStarting, {.text = text, .level = LogLevel::kWarn});
  }
  return opened;
}

absl::StatusOr<std::vector<std::shared_ptr<Listener>>> OpenPassed(std::string_view name,
                                                                  const Shards& shards) {
  const absl::StatusOr<std::vector<int>> sockets = PassedSockets(name);
  if (!sockets.ok()) return sockets.status();
  std::vector<std::shared_ptr<Listener>> opened;
  for (const int socket : *sockets) {
    auto listener = Listener::OpenCopy(socket, shards);
    if (!listener.ok()) return listener.status();
    opened.push_back(*std::move(listener));
  }
  return opened;
}

absl::StatusOr<OpenAddress> Open(const std::string& text, const Shards& shards) {
  const absl::StatusOr<ListenAddress> address = ParseListen(text);
  if (!address.ok()) return address.status();
  auto opened = address->passed ? OpenPassed(*address->passed, shards) : OpenOnce(*address, shards);
  if (address->passed && !opened.ok()) {
    return absl::Status(opened.status().code(),
                        absl::StrCat("cannot listen on ", text, ": ", opened.status().message()));
  }
  for (int tries = 1; address->port == 0 && tries < kFreePortTries; ++tries) {
    if (!absl::IsAlreadyExists(opened.status())) break;
    opened = OpenOnce(*address, shards);
  }
  if (!opened.ok()) return opened.status();
  if (address->is_tls) {
    for (const auto& listener : *opened) listener->SpeakTls();
  }
  return OpenAddress{.text = text, .listeners = *std::move(opened)};
}

}  // namespace

absl::StatusOr<ListenerChange> ChangeListeners(Listeners before,
                                               const std::vector<std::string>& addresses,
                                               const Shards& shards) {
  ListenerChange change;
  for (const std::string& text : addresses) {
    const auto kept = std::ranges::find(before, text, &OpenAddress::text);
    if (kept != before.end()) {
      change.all.push_back(std::move(*kept));
      before.erase(kept);
      continue;
    }
    absl::StatusOr<OpenAddress> opened = Open(text, shards);
    if (!opened.ok()) return opened.status();
    change.opened.push_back(*opened);
    change.all.push_back(*std::move(opened));
  }
  change.dropped = std::move(before);
  return change;
}

void Accept(const Listeners& listeners) {
  for (const OpenAddress& address : listeners) {
    for (const auto& listener : address.listeners) listener->Accept();
  }
}

void Close(const Listeners& listeners) {
  for (const OpenAddress& address : listeners) {
    for (const auto& listener : address.listeners) listener->Close();
  }
}

std::vector<std::string> UrlsOf(const Listeners& listeners) {
  std::vector<std::string> urls;
  for (const OpenAddress& address : listeners) {
    for (const auto& listener : address.listeners) urls.push_back(listener->Url());
  }
  return urls;
}

std::vector<Endpoint> EndpointsOf(const Listeners& listeners) {
  std::vector<Endpoint> endpoints;
  for (const OpenAddress& address : listeners) {
    for (const auto& listener : address.listeners) endpoints.push_back(listener->endpoint());
  }
  return endpoints;
}

}  // namespace fanfare
