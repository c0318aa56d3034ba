// Opening WebSocket connections.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "bench/endpoint.h"
#include "core/unique_fd.h"

namespace fanfare::bench {

// A connection after its WebSocket handshake.
struct ClientSocket {
  // Does not block, and has TCP_NODELAY.
  UniqueFd fd;
  // What the server sent right behind its answer to the handshake: the start of its frames.
  std::string received;
};

// Opens WebSocket connections, without extensions, many at once and without waiting for any: each
// is connected, sends its request and has its answer checked as its socket becomes ready.
class Connector {
 public:
  // How an attempt ended.
  struct Outcome {
    // The number that Open was given.
    std::size_t id = 0;
    absl::StatusOr<ClientSocket> socket;
    // From the call of connect() to the whole answer.
    std::uint64_t nanoseconds = 0;
  };

  // `limit` is for each handshake.
  explicit Connector(Endpoint server, std::chrono::nanoseconds limit = std::chrono::seconds(10));

  // Begins an attempt. With a `receive_buffer`, in bytes, the socket has one of that size.
  void Open(std::size_t id, const std::string& path, int receive_buffer = 0,
            const std::string& subprotocol = "");

  // Goes on with all attempts; first waits for any to be ready, at most `limit`. Returns those that
  // have ended since the last call.
  std::vector<Outcome> Advance(std::chrono::milliseconds limit);

  std::size_t under_way() const { return attempts_.size(); }

  // Readable when Advance has something to do, but for limits that pass.
  int fd() const { return epoll_.get(); }

 private:
  struct Attempt {
    std::size_t id = 0;
    std::uint64_t start = 0;
    UniqueFd fd;
    // Empty once it is sent.
    std::string request;
    std::string answer;
    std::list<Attempt>::iterator self;
  };

  absl::Status Connect(Attempt& attempt, int receive_buffer) const;
  void Continue(Attempt& attempt);
  void End(Attempt& attempt, absl::Status status);

  const Endpoint server_;
  const std::uint64_t limit_;
  UniqueFd epoll_{::epoll_create1(EPOLL_CLOEXEC)};
  std::array<epoll_event, 256> events_{};
  // The oldest first. A list, because the kernel holds pointers to them.
  std::list<Attempt> attempts_;
  std::vector<Outcome> ended_;
};

struct ConnectOptions {
  Endpoint server;
  std::string path = "/";
  std::string subprotocol = {};
  int count = 1;
};

// Connects `count` clients, 64 at a time, so that thousands of them neither overflow the server's
// accept queue nor wait for each other one by one.
absl::StatusOr<std::vector<ClientSocket>> ConnectClients(const ConnectOptions& options);

}  // namespace fanfare::bench
