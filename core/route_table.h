// The routes that a server serves, made from its configuration.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/config.h"
#include "core/route.h"
#include "core/router.h"

namespace fanfare {

// Makes the routes that are linked into the program and puts them where they are served.
//
// A linked route that the configuration does not name is made once, without options, and served at
// the patterns that it registered. One that is named is made once for each entry of `routes` that
// names it, except for entries with no patterns (`"patterns": []`): so a route can be switched off.
//
// Thread: built before start; router() may then be used by all at once. Lifetime: must outlive
// every session, because it owns the routes.
class RouteTable {
 public:
  // What routes need of the server; any thread. See RouteContext.
  struct Services {
    std::function<std::shared_ptr<Channel>(std::string name, SlowReaders slow_readers,
                                           ChannelSettings settings)>
        make_channel;
    std::function<void(std::chrono::milliseconds delay, std::function<void()> task)> after;
  };

  // `linked` is the list of routes, a parameter so that tests may have their own. An error names
  // the place in the configuration, or the route where there is none; an exception of a route is
  // one.
  static absl::StatusOr<RouteTable> Build(const Config& config, Services services,
                                          const RegisterRoute* linked = RegisterRoute::first());

  RouteTable(RouteTable&&) noexcept;
  RouteTable& operator=(RouteTable&&) noexcept;
  ~RouteTable();

  const Router& router() const { return router_; }

 private:
  class Context;
  struct Instance;

  RouteTable();

  // Makes a route and serves it. The path of `config` is empty when the configuration does not name
  // the route.
  absl::Status Add(const RegisterRoute& route, const RouteConfig& config, const Services& services);

  bool is_loopback_only_ = false;
  std::vector<std::unique_ptr<Instance>> instances_;
  Router router_;
};

}  // namespace fanfare
