// The routes that a server serves, made from its configuration.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/auth/authenticator.h"
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
// Thread: built by one thread; it may then be used by all at once. Lifetime: must outlive every
// session that it opened, because it owns the routes, together with the tables that took them over.
class RouteTable {
 public:
  // What routes need of the server; any thread. See RouteContext.
  struct Services {
    // `route` is the name that it registered.
    std::function<std::shared_ptr<Channel>(std::string_view route, std::string name,
                                           SlowReaders slow_readers, ChannelSettings settings)>
        make_channel;
    std::function<void(std::chrono::milliseconds delay, std::function<void()> task)> after;
  };

  // `linked` is the list of routes, a parameter so that tests may have their own. An error names
  // the place in the configuration, or the route where there is none; an exception of a route is
  // one.
  //
  // A route that `before` has, too, made from the very same settings, is taken over and not made
  // again: its sessions and those of the new table are in the same rooms. Its keys are read anew.
  static absl::StatusOr<RouteTable> Build(const Config& config, Services services,
                                          const RegisterRoute* linked = RegisterRoute::first(),
                                          const RouteTable* before = nullptr);

  // Without routes.
  RouteTable();
  RouteTable(RouteTable&&) noexcept;
  RouteTable& operator=(RouteTable&&) noexcept;
  ~RouteTable();

  // Serves a route that was made elsewhere. The error names both routes of one pattern.
  absl::Status Serve(std::string_view pattern, std::string_view name, std::unique_ptr<Route> route);

  const Router& router() const { return router_; }
  // What was made, in the order of the configuration, with all options and their defaults.
  struct Description {
    std::string route;
    std::vector<std::string> patterns;
    SlowReaders slow_readers;
    std::optional<JwtSettings> auth;
    std::vector<OptionText> options;
  };
  std::vector<Description> Describe() const;
  // Whether this very route is one of them.
  bool Has(const Route& route) const;
  // Who asks for tokens at this route; null if nobody does, or it is none of them.
  const Authenticator* AuthenticatorOf(const Route& route) const;

 private:
  class Context;
  class Instance;
  // A route as this table serves it.
  struct Served {
    std::optional<JwtSettings> auth;
    // Shared with the tables before and after this one.
    std::shared_ptr<Instance> instance;
    std::unique_ptr<const Authenticator> authenticator;
  };

  // Takes a route over or makes it, and serves it. The path of `config` is empty when the
  // configuration does not name the route.
  absl::Status Add(const RegisterRoute& route, const RouteConfig& config, const Services& services,
                   const RouteTable* before);
  // Null, if it was not made from the same settings.
  const Served* Find(const RegisterRoute& route, const RouteConfig& config) const;

  bool is_loopback_only_ = false;
  std::vector<Served> served_;
  std::vector<std::unique_ptr<Route>> others_;
  Router router_;
};

}  // namespace fanfare
