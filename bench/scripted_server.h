// A server that does as it is told, for tests.
#pragma once

#include <functional>
#include <string>
#include <thread>

#include "bench/endpoint.h"
#include "core/unique_fd.h"

namespace fanfare::bench {

// A server for one client that answers each message with what a script says, to see whether a load
// notices every kind of wrong answer. It serves in a thread of its own, from construction on.
class ScriptedServer {
 public:
  // From the number of a message, counted from 0, and its frame as an honest server would send it,
  // to what is sent instead. An empty answer ends the connection.
  using Script = std::function<std::string(int, const std::string&)>;

  explicit ScriptedServer(Script script);
  // The client must be gone by now: its end ends the thread.
  ~ScriptedServer() { thread_.join(); }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  const Endpoint& endpoint() const { return endpoint_; }

 private:
  void Serve();

  Script script_;
  UniqueFd listener_;
  Endpoint endpoint_;
  int messages_ = 0;
  std::thread thread_;
};

}  // namespace fanfare::bench
