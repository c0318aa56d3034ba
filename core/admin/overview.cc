#include "core/admin/overview.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/admin/json_answer.h"
#include "core/dispatch.h"
#include "core/histogram.h"
#include "core/log_text.h"
#include "core/route.h"
#include "core/shard.h"
#include "core/version.h"

namespace fanfare {
namespace {

using nlohmann::ordered_json;

// Of one answer.
constexpr std::size_t kMaxRooms = 1000;
constexpr std::size_t kUsualRooms = 100;
constexpr std::size_t kMaxShownBytes = 64;

struct ServedRoute {
  const Route* route;
  std::string name;
  std::vector<std::string> patterns;
};

// In the order in which they are served.
std::vector<ServedRoute> RoutesOf(const Generation& generation) {
  std::vector<ServedRoute> routes;
  for (const Router::Entry& entry : generation.router().entries()) {
    auto at = std::ranges::find(routes, entry.route, &ServedRoute::route);
    if (at == routes.end()) {
      at = routes.insert(at, {.route = entry.route, .name = entry.name, .patterns = {}});
    }
    at->patterns.push_back(entry.pattern);
  }
  return routes;
}

ordered_json ToJson(const Histogram& histogram) {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i <= Histogram::kBounds.size(); ++i) count += histogram.count(i);
  return {{"count", count}, {"seconds", std::chrono::duration<double>(histogram.sum()).count()}};
}

ordered_json ToJson(const Shard& shard) {
  const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(shard.SinceTick());
  // In this order, or a session that comes and goes in between is counted as minus one.
  const std::uint64_t closed = shard.stats().Total(&RouteStats::sessions_closed);
  return {{"connections", shard.open_connections().count()},
          {"sessions", shard.stats().Total(&RouteStats::sessions_opened) - closed},
          {"milliseconds_since_tick", since.count()},
          {"turns", ToJson(shard.stats().turn_time)},
          {"loop_delays", ToJson(shard.stats().loop_delay)}};
}

ordered_json ToJson(const GroupInfo& group, const ServedRoute& route) {
  ordered_json members = ordered_json::object();
  for (const auto& [kind, count] : group.members) members[kind] = count;
  return {{"name", group.name},
          {"route", route.name},
          {"pattern", route.patterns.front()},
          {"members", std::move(members)},
          {"kept_messages", group.kept_messages},
          {"log_bytes", group.log_bytes},
          {"created", TimeText(group.created)}};
}

// Where a page of rooms begins: behind a room of the route of that number.
struct Place {
  std::size_t route = 0;
  std::string room;
};

absl::StatusOr<Place> PlaceOf(const Request& request) {
  const std::string_view text = request.Query("after");
  Place place;
  if (text.empty()) return place;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), place.route);
  if (error != std::errc() || rest == text.data() + text.size() || *rest != '/') {
    return absl::InvalidArgumentError(
        absl::StrCat("after: expected what \"next\" of the page before said, got ",
                     QuoteForLog(text, kMaxShownBytes)));
  }
  place.room = std::string(text.substr(static_cast<std::size_t>(rest - text.data()) + 1));
  return place;
}

}  // namespace

Response ShowServer(const Server& server, const Request&) {
  ordered_json addresses = ordered_json::array();
  for (const Endpoint& endpoint : server.endpoints()) addresses.push_back(ToString(endpoint));
  ordered_json shards = ordered_json::array();
  for (const auto& shard : server.shard_list()) shards.push_back(ToJson(*shard));
  ordered_json counters = ordered_json::object();
  for (const auto& [name, value] : server.Counters()) counters[std::string(name)] = value;
  const auto up = std::chrono::system_clock::now() - server.start_time();
  return JsonAnswer({{"version", kVersion},
                     {"started", TimeText(server.start_time())},
                     {"uptime_seconds", std::chrono::floor<std::chrono::seconds>(up).count()},
                     {"draining", server.draining()},
                     {"reloads", server.reloads()},
                     {"egress", server.egress()},
                     {"listen", std::move(addresses)},
                     {"shards", std::move(shards)},
                     {"counters", std::move(counters)}});
}

Response ListRoutes(const Server& server, const Request&) {
  ordered_json routes = ordered_json::array();
  const SharedGeneration generation = server.generation();
  for (const ServedRoute& route : RoutesOf(*generation)) {
    routes.push_back({{"name", route.name}, {"patterns", route.patterns}});
  }
  return JsonAnswer({{"routes", std::move(routes)}});
}

Response ListRooms(const Server& server, const Request& request) {
  const auto limit = NumberOf(request, "limit", {1, kMaxRooms}, kUsualRooms);
  if (!limit.ok()) return BadRequest(limit.status());
  absl::StatusOr<Place> place = PlaceOf(request);
  if (!place.ok()) return BadRequest(place.status());
  const std::string_view wanted = request.Query("route");
  const SharedGeneration generation = server.generation();
  const std::vector<ServedRoute> routes = RoutesOf(*generation);
  if (!wanted.empty() && std::ranges::find(routes, wanted, &ServedRoute::name) == routes.end()) {
    return Refusal(400, absl::StrCat("route: ", QuoteForLog(wanted, kMaxShownBytes),
                                     " is no route's name; see /routes"));
  }
  ordered_json rooms = ordered_json::array();
  ordered_json next;
  Place last;
  for (std::size_t i = place->route; i < routes.size() && next.is_null(); ++i) {
    if (!wanted.empty() && routes[i].name != wanted) continue;
    const std::string after = i == place->route ? place->room : "";
    // One more, to know whether there are more.
    std::vector<GroupInfo> groups = routes[i].route->GroupsAfter(after, *limit - rooms.size() + 1);
    for (const GroupInfo& group : groups) {
      if (rooms.size() == *limit) {
        next = absl::StrCat(last.route, "/", last.room);
        break;
      }
      rooms.push_back(ToJson(group, routes[i]));
      last = {.route = i, .room = group.name};
    }
  }
  return JsonAnswer({{"rooms", std::move(rooms)}, {"next", std::move(next)}});
}

}  // namespace fanfare
