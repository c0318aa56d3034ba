// A server for tests, in this process.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <thread>

#include "core/config.h"
#include "core/server.h"
#include "tests/peer_socket.h"

namespace fanfare::testing {

// The configuration of most tests: a free port of 127.0.0.1, two threads, the default limits.
Config LocalConfig(const Limits& limits = {});

// Waits until a condition holds; false when it does not within kPatience.
template <class Condition>
[[nodiscard]] bool WaitUntil(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    // Leaves the cores, of which there may be few, to the server.
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

// A running server, which is stopped at the end of the test.
class TestServer {
 public:
  explicit TestServer(const Config& config = LocalConfig(), Server::Parts parts = {});

  Endpoint endpoint() const { return server_->endpoint(); }
  Server* operator->() { return server_.get(); }

  std::uint64_t Count(std::string_view counter) const { return server_->CounterOf(counter); }
  // How many sessions are open by the server's own counters.
  std::uint64_t sessions() const;
  // Waits until this many sessions are open, and as many connections.
  [[nodiscard]] bool WaitForSessions(std::uint64_t count) const;
  // Ends it as the program does.
  void Destroy() { server_.reset(); }

 private:
  std::unique_ptr<Server> server_;
};

}  // namespace fanfare::testing
