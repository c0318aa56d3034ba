// What the server counts.
#pragma once

#include <string_view>

#include "core/counter.h"
#include "core/histogram.h"

namespace fanfare {

// One shard's counters, each raised on that shard's thread alone.
struct Stats {
  // TCP connections that were accepted.
  Counter connections_accepted;
  // Above limits.connections: answered with 503.
  Counter connections_refused;
  // limits.connections_per_address: answered with 429.
  Counter address_connections_refused;
  // limits.handshakes_per_second: answered with 429.
  Counter address_handshakes_refused;
  // Opening handshakes that succeeded, and sessions that ended.
  Counter sessions_opened;
  Counter sessions_closed;
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
  // limits.handshake_seconds: disconnected.
  Counter handshake_timeouts;
  // TLS handshakes that succeeded; those that did not, and sessions of TLS that broke later.
  Counter tls_handshakes;
  Counter tls_failures;
  // limits.header_bytes: answered with 431.
  Counter headers_too_big;
  // limits.body_bytes: answered with 413.
  Counter bodies_too_big;
  // limits.message_bytes: closed with 1009.
  Counter messages_too_big;
  // limits.idle_seconds: disconnected.
  Counter idle_timeouts;
  // limits.outbox_bytes: closed with 1008.
  Counter outbox_overflows;
  // limits.messages_per_second, bytes_per_second: how often a session was not read from for a
  // while.
  Counter rate_waits;
  // limits.rate_seconds: closed with 1008.
  Counter rates_exceeded;
  // limits.log_bytes: closed with 1013.
  Counter slow_readers;
  // limits.log_bytes, where slow readers skip: moved on to what is newest.
  Counter readers_skipped;
  // What these were not sent, and what readers who are sent the latest only were not. A message
  // that a thousand readers were not sent counts a thousand times.
  Counter messages_skipped;
  Counter messages_received;
  // To a socket or, from Session::Send, to its outbox. A message to a thousand receivers counts a
  // thousand times.
  Counter messages_sent;
  // How often the kernel was asked to send, and what it took.
  Counter send_calls;
  Counter bytes_sent;
  // What sessions sent, as it came from their sockets.
  Counter bytes_received;
  // How long the shard was busy sending in each turn.
  Histogram turn_time;
  // How late the shard's timer was each time: as long as anything else had to wait for its loop.
  Histogram loop_delay;
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
    {.name = "address_handshakes_refused", .member = &Stats::address_handshakes_refused},
    {.name = "sessions_opened", .member = &Stats::sessions_opened},
    {.name = "sessions_closed", .member = &Stats::sessions_closed},
    {.name = "requests_refused", .member = &Stats::requests_refused},
    {.name = "origins_refused", .member = &Stats::origins_refused},
    {.name = "auth_refused", .member = &Stats::auth_refused},
    {.name = "user_connections_refused", .member = &Stats::user_connections_refused},
    {.name = "tokens_renewed", .member = &Stats::tokens_renewed},
    {.name = "tokens_expired", .member = &Stats::tokens_expired},
    {.name = "requests_answered", .member = &Stats::requests_answered},
    {.name = "handshake_timeouts", .member = &Stats::handshake_timeouts},
    {.name = "tls_handshakes", .member = &Stats::tls_handshakes},
    {.name = "tls_failures", .member = &Stats::tls_failures},
    {.name = "headers_too_big", .member = &Stats::headers_too_big},
    {.name = "bodies_too_big", .member = &Stats::bodies_too_big},
    {.name = "messages_too_big", .member = &Stats::messages_too_big},
    {.name = "idle_timeouts", .member = &Stats::idle_timeouts},
    {.name = "outbox_overflows", .member = &Stats::outbox_overflows},
    {.name = "rate_waits", .member = &Stats::rate_waits},
    {.name = "rates_exceeded", .member = &Stats::rates_exceeded},
    {.name = "slow_readers", .member = &Stats::slow_readers},
    {.name = "readers_skipped", .member = &Stats::readers_skipped},
    {.name = "messages_skipped", .member = &Stats::messages_skipped},
    {.name = "messages_received", .member = &Stats::messages_received},
    {.name = "messages_sent", .member = &Stats::messages_sent},
    {.name = "send_calls", .member = &Stats::send_calls},
    {.name = "bytes_sent", .member = &Stats::bytes_sent},
    {.name = "bytes_received", .member = &Stats::bytes_received},
};

}  // namespace fanfare
