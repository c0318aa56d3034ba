// What the server counts.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string_view>

#include "core/counter.h"
#include "core/histogram.h"

namespace fanfare {

// What the sessions and the channels of one route count on one shard. On a line of the cache of
// its own.
struct alignas(64) RouteStats {
  explicit RouteStats(std::string_view name) : route(name) {}

  // The name that it registered, which lasts as long as the program.
  std::string_view route;
  // Opening handshakes that succeeded, and event streams; and which of them ended.
  Counter sessions_opened;
  Counter sessions_closed;
  Counter messages_received;
  // To a socket or, from Session::Send, to its outbox. A message to a thousand receivers counts a
  // thousand times.
  Counter messages_sent;
  // What sessions sent, as it came from their sockets; and what the kernel took for them.
  Counter bytes_received;
  Counter bytes_sent;
};

// One shard's counters, each raised on that shard's thread alone.
struct Stats {
  // For these routes, by name.
  explicit Stats(std::span<const std::string_view> routes = {}) {
    by_route.emplace_back("");
    for (const std::string_view route : routes) by_route.emplace_back(route);
  }

  // Those of a route. What belongs to none of those that are known counts for the first, which has
  // no name.
  RouteStats& OfRoute(std::string_view name) {
    for (RouteStats& stats : by_route) {
      if (stats.route == name) return stats;
    }
    return by_route.front();
  }
  // Of all routes.
  std::uint64_t Total(Counter RouteStats::* member) const {
    std::uint64_t sum = 0;
    for (const RouteStats& stats : by_route) sum += (stats.*member).value();
    return sum;
  }

  // TCP connections that were accepted.
  Counter connections_accepted;
  // Above limits.connections: answered with 503.
  Counter connections_refused;
  // limits.connections_per_address: answered with 429.
  Counter address_connections_refused;
  // limits.requests_per_second: answered with 429.
  Counter address_requests_refused;
  // limits.handshakes_per_second: answered with 429; or closed, where TLS was to begin.
  Counter address_handshakes_refused;
  // Requests that were answered with 400 or above.
  Counter requests_refused;
  // Of them, pages of other sites that wanted to open a session: answered with 403.
  Counter origins_refused;
  // No token, or one that is not right: answered with 401 or 400; and renewals that were refused.
  Counter auth_refused;
  // auth.jwt.user_connections: answered with 429.
  Counter user_connections_refused;
  // Sessions that went on with another token, and those that were closed with 4401.
  Counter tokens_renewed;
  Counter tokens_expired;
  // Other plain HTTP requests.
  Counter requests_answered;
  // Opening handshakes: those that succeeded; and those that were refused, because nothing is
  // served there (404, or no WebSocket), because they are none as RFC 6455 has them, by the route's
  // authorization (401, 403), as a page of another site, and because there were too many (429).
  Counter handshakes_accepted;
  Counter handshakes_not_found;
  Counter handshakes_malformed;
  Counter handshakes_unauthorized;
  Counter handshakes_foreign;
  Counter handshakes_too_many;
  // limits.handshake_seconds: disconnected.
  Counter handshake_timeouts;
  // TLS handshakes that succeeded; those that did not, and sessions of TLS that broke later.
  Counter tls_handshakes;
  Counter tls_failures;
  // Connections of proxies without a header of the PROXY protocol, or with a wrong one.
  Counter proxy_headers_wrong;
  // limits.header_bytes: answered with 431.
  Counter headers_too_big;
  // limits.body_bytes: answered with 413.
  Counter bodies_too_big;
  // limits.message_bytes: closed with 1009.
  Counter messages_too_big;
  // limits.message_frames, message_seconds and control_frames_per_second: closed with 1008.
  Counter messages_too_fragmented;
  Counter messages_too_slow;
  Counter control_floods;
  // limits.idle_seconds: disconnected.
  Counter idle_timeouts;
  // limits.outbox_bytes: closed with 1008.
  Counter outbox_overflows;
  // limits.messages_per_second, bytes_per_second: how often a session was not read from for a
  // while.
  Counter rate_waits;
  // limits.rate_seconds: closed with 1008. And event streams whose peers went on to send.
  Counter rates_exceeded;
  // limits.log_bytes: closed with 1013.
  Counter slow_readers;
  // limits.log_bytes, where slow readers skip: moved on to what is newest.
  Counter readers_skipped;
  // Likewise, where readers are sent the latest only: moved on to that.
  Counter readers_moved_to_latest;
  // What these were not sent, and what readers who are sent the latest only were not. A message
  // that a thousand readers were not sent counts a thousand times.
  Counter messages_skipped;
  // How often the kernel was asked to send.
  Counter send_calls;
  // How long the shard was busy sending in each turn.
  Histogram turn_time;
  // How long a message waited from Channel::Publish on, until it had been given to the sockets of
  // all direct subscribers of the shard. Of what is published until they are sent it, the first.
  Histogram broadcast_latency;
  // How late the shard's timer was each time: as long as anything else had to wait for its loop.
  Histogram loop_delay;
  // None is added later.
  std::deque<RouteStats> by_route;
};

// The counters by name.
struct NamedCounter {
  std::string_view name;
  Counter Stats::* member;
};
inline constexpr NamedCounter kCounters[] = {
    {.name = "connections_accepted", .member = &Stats::connections_accepted},
    {.name = "connections_refused", .member = &Stats::connections_refused},
    {.name = "address_connections_refused", .member = &Stats::address_connections_refused},
    {.name = "address_requests_refused", .member = &Stats::address_requests_refused},
    {.name = "address_handshakes_refused", .member = &Stats::address_handshakes_refused},
    {.name = "requests_refused", .member = &Stats::requests_refused},
    {.name = "origins_refused", .member = &Stats::origins_refused},
    {.name = "auth_refused", .member = &Stats::auth_refused},
    {.name = "user_connections_refused", .member = &Stats::user_connections_refused},
    {.name = "tokens_renewed", .member = &Stats::tokens_renewed},
    {.name = "tokens_expired", .member = &Stats::tokens_expired},
    {.name = "requests_answered", .member = &Stats::requests_answered},
    {.name = "handshakes_accepted", .member = &Stats::handshakes_accepted},
    {.name = "handshakes_not_found", .member = &Stats::handshakes_not_found},
    {.name = "handshakes_malformed", .member = &Stats::handshakes_malformed},
    {.name = "handshakes_unauthorized", .member = &Stats::handshakes_unauthorized},
    {.name = "handshakes_foreign", .member = &Stats::handshakes_foreign},
    {.name = "handshakes_too_many", .member = &Stats::handshakes_too_many},
    {.name = "handshake_timeouts", .member = &Stats::handshake_timeouts},
    {.name = "tls_handshakes", .member = &Stats::tls_handshakes},
    {.name = "tls_failures", .member = &Stats::tls_failures},
    {.name = "proxy_headers_wrong", .member = &Stats::proxy_headers_wrong},
    {.name = "headers_too_big", .member = &Stats::headers_too_big},
    {.name = "bodies_too_big", .member = &Stats::bodies_too_big},
    {.name = "messages_too_big", .member = &Stats::messages_too_big},
    {.name = "messages_too_fragmented", .member = &Stats::messages_too_fragmented},
    {.name = "messages_too_slow", .member = &Stats::messages_too_slow},
    {.name = "control_floods", .member = &Stats::control_floods},
    {.name = "idle_timeouts", .member = &Stats::idle_timeouts},
    {.name = "outbox_overflows", .member = &Stats::outbox_overflows},
    {.name = "rate_waits", .member = &Stats::rate_waits},
    {.name = "rates_exceeded", .member = &Stats::rates_exceeded},
    {.name = "slow_readers", .member = &Stats::slow_readers},
    {.name = "readers_skipped", .member = &Stats::readers_skipped},
    {.name = "readers_moved_to_latest", .member = &Stats::readers_moved_to_latest},
    {.name = "messages_skipped", .member = &Stats::messages_skipped},
    {.name = "send_calls", .member = &Stats::send_calls},
};

// Those by route.
struct NamedRouteCounter {
  std::string_view name;
  Counter RouteStats::* member;
};
inline constexpr NamedRouteCounter kRouteCounters[] = {
    {.name = "sessions_opened", .member = &RouteStats::sessions_opened},
    {.name = "sessions_closed", .member = &RouteStats::sessions_closed},
    {.name = "messages_received", .member = &RouteStats::messages_received},
    {.name = "messages_sent", .member = &RouteStats::messages_sent},
    {.name = "bytes_received", .member = &RouteStats::bytes_received},
    {.name = "bytes_sent", .member = &RouteStats::bytes_sent},
};

}  // namespace fanfare
