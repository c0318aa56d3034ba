#include "core/route_table.h"

#include <algorithm>
#include <exception>
#include <map>
#include <optional>
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
  Context(std::string_view route, const RouteConfig& config, Options options,
          std::vector<std::string> patterns, bool is_loopback_only, Services services,
          std::weak_ptr<Instance> instance)
      : options_(std::move(options)),
        patterns_(std::move(patterns)),
        is_loopback_only_(is_loopback_only),
        route_(route),
        slow_readers_(config.slow_readers),
        services_(std::move(services)),
        instance_(std::move(instance)) {}

  Options& options() override { return options_; }
  const std::vector<std::string>& patterns() const override { return patterns_; }
  bool is_loopback_only() const override { return is_loopback_only_; }
  void After(std::chrono::milliseconds delay, std::function<void()> task) override {
    // The route may be gone by then: a reload may have put another one in its place.
    services_.after(delay, [task = std::move(task), weak = instance_] {
      if (const auto instance = weak.lock()) task();
    });
  }

 private:
  std::shared_ptr<Channel> DoMakeChannel(std::string name, ChannelSettings settings) override {
    return services_.make_channel(route_, std::move(name), slow_readers_, settings);
  }

  Options options_;
  const std::vector<std::string> patterns_;
  const bool is_loopback_only_;
  const std::string_view route_;
  const SlowReaders slow_readers_;
  const Services services_;
  const std::weak_ptr<Instance> instance_;
};

// A route, and what it was made from.
class RouteTable::Instance : public std::enable_shared_from_this<Instance> {
 public:
  Instance(const RegisterRoute& registered, RouteConfig config, bool is_loopback_only)
      : registered_(registered), config_(std::move(config)), is_loopback_only_(is_loopback_only) {}

  // Called once, when a shared_ptr owns it.
  absl::Status MakeRoute(const std::string& title, const Services& services) {
    const std::string options_path =
        config_.path.empty() ? AtPath(title, "options") : MemberPath(config_.path, "options");
    context_.emplace(registered_.name(), config_, Options(config_.options, options_path),
                     patterns(), is_loopback_only_, services, weak_from_this());
    absl::StatusOr<std::unique_ptr<Route>> made =
        Make(registered_, *context_, AtPath(config_.path, title));
    if (!made.ok()) return made.status();
    route_ = *std::move(made);
    options_ = context_->options().Describe();
    return absl::OkStatus();
  }

  bool IsMadeFrom(const RegisterRoute& registered, const RouteConfig& config) const {
    return &registered_ == &registered && config_.patterns == config.patterns &&
           config_.options == config.options && config_.slow_readers == config.slow_readers &&
           // Who came in without a token does not stay where one is asked for.
           config_.auth.has_value() == config.auth.has_value();
  }
  // What the route was told of it.
  bool is_loopback_only() const { return is_loopback_only_; }

  std::vector<std::string> patterns() const {
    return config_.patterns ? *config_.patterns : registered_.patterns();
  }
  Route& route() { return *route_; }
  Description Describe() const {
    return {.route = registered_.name(),
            .patterns = patterns(),
            .slow_readers = config_.slow_readers,
            .auth = {},
            .options = options_};
  }

 private:
  const RegisterRoute& registered_;
  const RouteConfig config_;
  const bool is_loopback_only_;
  // Declared first, so that it outlives the route.
  std::optional<Context> context_;
  std::unique_ptr<Route> route_;
  std::vector<OptionText> options_;
};

RouteTable::RouteTable() = default;
RouteTable::RouteTable(RouteTable&&) noexcept = default;
RouteTable& RouteTable::operator=(RouteTable&&) noexcept = default;
RouteTable::~RouteTable() = default;

absl::StatusOr<RouteTable> RouteTable::Build(const Config& config, Services services,
                                             const RegisterRoute* linked,
                                             const RouteTable* before) {
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
    if (absl::Status status = table.Add(*route, unnamed, services, before); !status.ok()) {
      return status;
    }
  }
  for (const RouteConfig& entry : config.routes) {
    const auto route = routes->find(entry.route);
    if (route == routes->end()) return UnknownRoute(entry, *routes);
    if (absl::Status status = table.Add(*route->second, entry, services, before); !status.ok()) {
      return status;
    }
  }
  return table;
}

absl::Status RouteTable::Add(const RegisterRoute& route, const RouteConfig& config,
                             const Services& services, const RouteTable* before) {
  const bool has_own_patterns = !config.patterns.has_value();
  if (!has_own_patterns && config.patterns->empty()) return absl::OkStatus();

  const Served* same = before == nullptr ? nullptr : before->Find(route, config);
  if (same != nullptr && same->instance->is_loopback_only() != is_loopback_only_) same = nullptr;
  Served served{.auth = config.auth, .instance = nullptr, .authenticator = nullptr};
  if (config.auth) {
    auto made =
        Authenticator::Make(*config.auth, same == nullptr ? nullptr : same->authenticator.get());
    if (!made.ok()) return made.status();
    served.authenticator = *std::move(made);
  }
  if (same != nullptr) {
    served.instance = same->instance;
  } else {
    served.instance = std::make_shared<Instance>(route, config, is_loopback_only_);
    const std::string title = absl::StrCat("route \"", route.name(), "\"");
    if (absl::Status status = served.instance->MakeRoute(title, services); !status.ok()) {
      return status;
    }
  }

  const std::vector<std::string> patterns = served.instance->patterns();
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    const absl::Status status = router_.Add(patterns[i], route.name(), served.instance->route(),
                                            served.authenticator.get());
    if (status.ok()) continue;
    return At(has_own_patterns ? config.path : ElementPath(MemberPath(config.path, "patterns"), i),
              status);
  }
  served_.push_back(std::move(served));
  return absl::OkStatus();
}

const RouteTable::Served* RouteTable::Find(const RegisterRoute& route,
                                           const RouteConfig& config) const {
  const auto found = std::ranges::find_if(
      served_, [&](const Served& served) { return served.instance->IsMadeFrom(route, config); });
  return found == served_.end() ? nullptr : &*found;
}

absl::Status RouteTable::Serve(std::string_view pattern, std::string_view name,
                               std::unique_ptr<Route> route) {
  if (absl::Status status = router_.Add(pattern, name, *route); !status.ok()) return status;
  others_.push_back(std::move(route));
  return absl::OkStatus();
}

std::vector<RouteTable::Description> RouteTable::Describe() const {
  std::vector<Description> descriptions;
  for (const Served& served : served_) {
    descriptions.push_back(served.instance->Describe());
    descriptions.back().auth = served.auth;
  }
  return descriptions;
}

bool RouteTable::Has(const Route& route) const {
  const auto is_it = [&](const Served& served) { return &served.instance->route() == &route; };
  return std::ranges::any_of(served_, is_it);
}

const Authenticator* RouteTable::AuthenticatorOf(const Route& route) const {
  for (const Served& served : served_) {
    if (&served.instance->route() == &route) return served.authenticator.get();
  }
  return nullptr;
}

}  // namespace fanfare
