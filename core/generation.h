// What a configuration makes of a server.
#pragma once

#include <memory>
#include <utility>

#include "core/config.h"
#include "core/limits.h"
#include "core/origin.h"
#include "core/route_table.h"
#include "core/router.h"
#include "core/tls/tls_contexts.h"

namespace fanfare {

// A configuration and the routes that were made from it. A reload puts another one in its place, as
// a whole; who began with the old one keeps it: a session has the limits and the route that it had
// when it was opened.
//
// Thread: any; immutable. Lifetime: shared by the server, its shards and their sessions, and so as
// long as the last of its sessions.
class Generation {
 public:
  // `tls` is null where TLS is not spoken.
  Generation(Config config, RouteTable routes, std::shared_ptr<const TlsContexts> tls = nullptr)
      : config_(std::move(config)), routes_(std::move(routes)), tls_(std::move(tls)) {}

  const Config& config() const { return config_; }
  const Limits& limits() const { return config_.limits; }
  const OriginPolicy& origins() const { return config_.origins; }
  const RouteTable& routes() const { return routes_; }
  const Router& router() const { return routes_.router(); }
  const std::shared_ptr<const TlsContexts>& tls() const { return tls_; }

 private:
  const Config config_;
  const RouteTable routes_;
  const std::shared_ptr<const TlsContexts> tls_;
};

using SharedGeneration = std::shared_ptr<const Generation>;

}  // namespace fanfare
