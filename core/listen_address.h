// Where the server listens.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/endpoint.h"

namespace fanfare {

// One entry of `listen`, as it was written.
struct ListenAddress {
  // An IP address, "localhost" or "*".
  std::string host = {};
  // 0 takes any free port.
  std::uint16_t port = 0;
  // Instead of both: sockets that the service manager passes, by their name; empty for all that it
  // passes. See PassedSockets.
  std::optional<std::string> passed = std::nullopt;
  // Whether TLS is spoken there.
  bool is_tls = false;
};

// Reads "localhost:8080", "127.0.0.1:0", "[::1]:8080" or "*:8080"; or "systemd" or "systemd:NAME",
// for sockets that are passed. With "https://" before it, TLS is spoken there; "http://" says
// nothing new. Other host names are an error: where a server can be reached should not depend on
// what a name server says at its start.
absl::StatusOr<ListenAddress> ParseListen(std::string_view text);

// What to listen on: localhost is 127.0.0.1 and ::1, and `*` is 0.0.0.0 and ::. So an endpoint of
// version 6 must be opened for version 6 only. Of sockets that are passed, and of an address that
// ParseListen did not make, nothing.
std::vector<Endpoint> Endpoints(const ListenAddress& address);

// Whether TLS is spoken at an entry of `listen`. False for one that can not be read.
bool SpeaksTls(std::string_view text);

// Whether all entries of `listen` stand for loopback addresses only. False if there is none, or one
// that can not be read, or that stands for sockets that are passed: who knows where these listen.
bool IsLoopbackOnly(const std::vector<std::string>& listen);

}  // namespace fanfare
