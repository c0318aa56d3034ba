#include "core/route_table.h"

#include <algorithm>
#include <exception>
#include <map>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/compat.h"
#include "core/json_text.h"
#include "core/listen_address.h"
#include "core/log_text.h"

namespace fanfare {
namespace {

// Sorted by name, so that the order of linking does not show.
using LinkedRoutes = std::map<std::string, const RegisterRoute*, std::less<>>;

absl::StatusOr<LinkedRoutes> ListRoutes(const RegisterRoute* first) {
  LinkedRoutes routes;
  for (const RegisterRoute* route = first; route != nullptr; route = route->next()) {
    if (!routes.emplace(route->name(), route).second) {
      return absl::AlreadyExistsError(
          absl::StrCat("two routes with the name \"", route->name(), "\" are linked"));
    }
    if (route->has_too_many_patterns()) {
      return absl::InvalidArgumentError(absl::StrCat("route \"", route->name(),
                                                     "\" registers more than ",
                                                     RegisterRoute::kMaxPatterns, " patterns"));
    }
  }
  return routes;
}

absl::Status UnknownRoute(const RouteConfig& config, const LinkedRoutes& linked) {
  std::string names;
  for (const auto& [name, route] : linked) {
    absl::StrAppend(&names, names.empty() ? "" : ", ", name);
  }
  return absl::NotFoundError(
      AtPath(MemberPath(config.path, "route"),
             absl::StrCat("there is no route ", QuoteForLog(config.route), "; ",
                          names.empty() ? "none is linked" : absl::StrCat("linked are ", names))));
}

absl::Status At(std::string_view place, const absl::Status& status) {
  return absl::Status(status.code(), AtPath(place, ToStd(status.message())));
}

absl::StatusOr<std::unique_ptr<Route>> CallFactory(const RegisterRoute& route,
                                                   RouteContext& context) {
  try {
    return route.factory()(context);
  } catch (const std::exception& error) {
    return absl::InternalError(error.what());
  } catch (...) {
    return absl::InternalError("it threw an exception");
  }
}

// Makes a route and checks that it found nothing wrong with its options. `place` is for errors that
// do not name one of the options.
absl::StatusOr<std::unique_ptr<Route>> Make(const RegisterRoute& route, RouteContext& context,
                                            std::string_view place) {
  absl::StatusOr<std::unique_ptr<Route>> made = CallFactory(route, context);
  // A wrong option comes first: what else failed may have failed because of the default that was
  // taken in its place.
  if (!context.options().status().ok()) return context.options().status();
  if (!made.ok()) {
    // The factory may have returned what Finish said.
    if (made.status() == context.options().Finish()) return made;
    return At(place, made.status());
  }
  if (*made == nullptr) return At(place, absl::InternalError("its factory made no route"));
  if (absl::Status status = context.options().Finish(); !status.ok()) return status;
  return made;
}

}  // namespace

// What a route is made with, and uses for as long as it lives.
class RouteTable::Context : public RouteContext {
 public:
  Context(const RouteConfig& config, Options options, std::vector<std::string> patterns,
          bool is_loopback_only, Services services)
      : options_(std::move(options)),
        patterns_(std::move(patterns)),
        is_loopback_only_(is_loopback_only),
        slow_readers_(config.slow_readers),
        services_(std::move(services)) {}

  Options& options() override { return options_; }
  const std::vector<std::string>& patterns() const override { return patterns_; }
  bool is_loopback_only() const override { return is_loopback_only_; }
  void After(std::chrono::milliseconds delay, std::function<void()> task) override {
    services_.after(delay, std::move(task));
  }

 private:
  std::shared_ptr<Channel> DoMakeChannel(std::string name, ChannelSettings settings) override {
    return services_.make_channel(std::move(name), slow_readers_, settings);
  }

  Options options_;
  const std::vector<std::string> patterns_;
  const bool is_loopback_only_;
  const SlowReaders slow_readers_;
  const Services services_;
};

// The context is declared first, so that it outlives the route.
struct RouteTable::Instance {
  template <typename... Args>
  explicit Instance(Args&&... args) : context(std::forward<Args>(args)...) {}

  Context context;
  std::unique_ptr<Route> route;
};

RouteTable::RouteTable() = default;
RouteTable::RouteTable(RouteTable&&) noexcept = default;
RouteTable& RouteTable::operator=(RouteTable&&) noexcept = default;
RouteTable::~RouteTable() = default;

absl::StatusOr<RouteTable> RouteTable::Build(const Config& config, Services services,
                                             const RegisterRoute* linked) {
  const absl::StatusOr<LinkedRoutes> routes = ListRoutes(linked);
  if (!routes.ok()) return routes.status();

  RouteTable table;
  table.is_loopback_only_ = IsLoopbackOnly(config.listen);
  // Those that are not in the configuration come first: when one of its patterns is taken already,
  // the error names the place where that can be changed.
  for (const auto& [name, route] : *routes) {
    const bool is_configured = std::ranges::any_of(
        config.routes,
        [&wanted = name](const RouteConfig& entry) { return entry.route == wanted; });
    if (is_configured) continue;
    const RouteConfig unnamed = {.route = name, .patterns = std::nullopt, .path = ""};
    if (absl::Status status = table.Add(*route, unnamed, services); !status.ok()) return status;
  }
  for (const RouteConfig& entry : config.routes) {
    const auto route = routes->find(entry.route);
    if (route == routes->end()) return UnknownRoute(entry, *routes);
    if (absl::Status status = table.Add(*route->second, entry, services); !status.ok()) {
      return status;
    }
  }
  return table;
}

absl::Status RouteTable::Add(const RegisterRoute& route, const RouteConfig& config,
                             const Services& services) {
  const bool has_own_patterns = !config.patterns.has_value();
  const std::vector<std::string> patterns = has_own_patterns ? route.patterns() : *config.patterns;
  if (!has_own_patterns && patterns.empty()) return absl::OkStatus();

  const std::string title = absl::StrCat("route \"", route.name(), "\"");
  const std::string options_path =
      config.path.empty() ? AtPath(title, "options") : MemberPath(config.path, "options");
  auto instance = std::make_unique<Instance>(config, Options(config.options, options_path),
                                             patterns, is_loopback_only_, services);
  absl::StatusOr<std::unique_ptr<Route>> made =
      Make(route, instance->context, AtPath(config.path, title));
  if (!made.ok()) return made.status();
  instance->route = *std::move(made);

  for (std::size_t i = 0; i < patterns.size(); ++i) {
    const absl::Status status = router_.Add(patterns[i], route.name(), *instance->route);
    if (status.ok()) continue;
    return At(has_own_patterns ? config.path : ElementPath(MemberPath(config.path, "patterns"), i),
              status);
  }
  instances_.push_back(std::move(instance));
  return absl::OkStatus();
}

}  // namespace fanfare
