// What a list of addresses stands for: one listener for each.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/endpoint.h"
#include "core/net/listener.h"
#include "core/shard.h"

namespace fanfare {

// One entry of `listen`, and what listens there; "localhost" and "*" stand for two.
struct OpenAddress {
  std::string text;
  std::vector<std::shared_ptr<Listener>> listeners;
};
using Listeners = std::vector<OpenAddress>;

// What becomes of a server's listeners.
struct ListenerChange {
  // In the order of the addresses: of those that it had, and of those that were opened.
  Listeners all;
  // Bound, and listening, but not accepting yet.
  Listeners opened;
  // Not asked for any more; not closed yet. To be closed before those that were opened accept.
  Listeners dropped;
};

// Binds every address (see ParseListen) that `before` has not, and listens; of sockets that the
// service manager passes, it takes copies. So it does where one of `before` that is dropped listens
// already, at the same address and port: what came by the old one and what comes by the new one may
// then differ, in TLS for one, and nobody is refused in between. What one address stands for is all
// at one port. Of the two of a name, one that this machine has not is left out: without IPv6,
// localhost is 127.0.0.1 alone. The error names the address, and nothing has changed then. `shards`
// must outlive the listeners.
absl::StatusOr<ListenerChange> ChangeListeners(Listeners before,
                                               const std::vector<std::string>& addresses,
                                               const std::vector<std::unique_ptr<Shard>>& shards);

// On the thread of the first shard, or before it runs.
void Accept(const Listeners& listeners);
void Close(const Listeners& listeners);
// Accepts with those that there still are when it is called, there; it holds none of them. So it
// may lie in the queue of a shard that ends after the first one, whose loop they use.
std::function<void()> ToAccept(const Listeners& listeners);

// Where they listen, with the ports that were chosen for port 0.
std::vector<Endpoint> EndpointsOf(const Listeners& listeners);
// The same as URLs without a path: "https://127.0.0.1:8443".
std::vector<std::string> UrlsOf(const Listeners& listeners);

}  // namespace fanfare
