// What operators and their tools ask: is it well, is it ready, what does it do.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/endpoint.h"
#include "core/health.h"
#include "core/listeners.h"
#include "core/server.h"
#include "core/shard.h"

namespace fanfare {

// Serves, at addresses and on a thread of its own, so that it answers also when the server's shards
// do not, and strangers can not reach it:
//
// | path | answer |
// | --- | --- |
// | /healthz | 200 if every shard's loop has turned lately, else 503 with those that have not |
// | /readyz | 200, or 503 from the moment on at which the server begins to stop |
// | /metrics | see metrics.h |
//
// Thread: one thread starts and destroys it. Lifetime: within the server's.
class AdminServer {
 public:
  // Beyond these, one is answered with 503.
  static constexpr std::size_t kMaxConnections = 64;

  // Binds the addresses of the setting `admin.listen`, which may be none, and begins to serve. The
  // error names the address.
  static absl::StatusOr<std::unique_ptr<AdminServer>> Start(
      const std::vector<std::string>& addresses, const Server& server,
      std::chrono::seconds stuck_after = kStuckAfter);
  // Ends at once.
  ~AdminServer();

  // Other addresses from now on: first binds those that are new, and then, when nothing else can
  // go wrong, serves there and no more at those that were dropped. Thread: the one that started it.
  absl::StatusOr<ListenerChange> PrepareListeners(const std::vector<std::string>& addresses) const;
  void AdoptListeners(ListenerChange change);

  std::vector<Endpoint> endpoints() const { return EndpointsOf(listeners_); }

 private:
  AdminServer(const Server& server, std::chrono::seconds stuck_after);

  // None.
  AddressLimits addresses_{Limits{.connections_per_address = 0}};
  // One.
  std::vector<std::unique_ptr<Shard>> shards_;
  Listeners listeners_;
};

}  // namespace fanfare
