// Opening many WebSocket connections.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "bench/endpoint.h"
#include "bench/unique_fd.h"

namespace fanfare::bench {

struct ConnectOptions {
  Endpoint server;
  std::string path = "/";
  int count = 1;
  // Handshakes under way at once: a ramp, so that thousands of clients neither overflow the
  // server's accept queue nor wait for each other one by one.
  int in_flight = 64;
  // For each wait for the server.
  std::chrono::seconds limit{10};
};

// A connection after its WebSocket handshake.
struct ClientSocket {
  UniqueFd fd;
  // What the server sent right behind its answer to the handshake: the start of its frames.
  std::string received;
};

// Connects `count` WebSocket clients, without extensions, and checks each server's answer. The
// sockets are blocking ones (callers pass MSG_DONTWAIT) and have TCP_NODELAY.
absl::StatusOr<std::vector<ClientSocket>> ConnectClients(const ConnectOptions& options);

}  // namespace fanfare::bench
