// What operators and their tools ask and want: is it well, is it ready, what does it do, and who
// should go.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/admin/access.h"
#include "core/config.h"
#include "core/endpoint.h"
#include "core/health.h"
#include "core/listeners.h"
#include "core/server.h"
#include "core/shard.h"

namespace fanfare {

// Serves, at addresses and on a thread of its own, so that it answers also when the server's shards
// do not, and strangers can not reach it, what README.md beside this lists: health, readiness and
// metrics for tools, who may ask by any name; and for operators JSON (sessions.h, steering.h,
// overview.h), for which see access.h.
//
// Thread: one thread starts and destroys it. Lifetime: within the server's.
class AdminServer {
 public:
  // Beyond these, the one that has waited for longest is cut off for a new one.
  static constexpr std::size_t kMaxConnections = 64;

  // Binds the addresses of the setting `admin.listen`, which may be none, and begins to serve. The
  // error names the address. Where nobody chose them, it is no error that they can not be had: then
  // any free port will do, or there is none, which the log says.
  static absl::StatusOr<std::unique_ptr<AdminServer>> Start(
      const Config& config, const Server& server, std::chrono::seconds stuck_after = kStuckAfter);
  // Ends at once.
  ~AdminServer();

  // Another configuration from now on: first binds the addresses that are new, and then, when
  // nothing else can go wrong, serves there and no more at those that were dropped. Thread: the one
  // that started it.
  struct Change {
    ListenerChange listeners;
    std::vector<std::string> hosts;
  };
  absl::StatusOr<Change> Prepare(const Config& config) const;
  void Adopt(Change change);

  std::vector<Endpoint> endpoints() const { return EndpointsOf(listeners_); }

 private:
  AdminServer(const Server& server, std::chrono::seconds stuck_after);

  using Answer = std::function<Response(const Request& request)>;

  // The same behind `access_`.
  Answer ForOperators(Answer answer) const;

  // Of the thread that serves.
  AdminAccess access_{{}};
  // None.
  AddressLimits addresses_{Limits{.connections_per_address = 0}};
  // One.
  std::vector<std::unique_ptr<Shard>> shards_;
  Listeners listeners_;
};

}  // namespace fanfare
