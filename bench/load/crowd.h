// Many WebSocket connections in one thread.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "bench/connect.h"
#include "bench/frame.h"
#include "bench/frame_stream.h"
#include "bench/load/url.h"
#include "bench/roster.h"
#include "core/unique_fd.h"

namespace fanfare::bench {

// The connections of a load, by number: opens them, sends and receives on them, answers pings, and
// tells a listener what happens. Nothing that it does waits, but for Turn.
class Crowd {
 public:
  // Is called from within Turn, and OnLost also from within Send. May call anything but Turn.
  class Listener {
   public:
    virtual ~Listener() = default;
    // `nanoseconds` is what connecting and the handshake took.
    virtual void OnOpen(std::size_t connection, std::uint64_t nanoseconds) = 0;
    // It could not be opened.
    virtual void OnRefused(std::size_t connection, const absl::Status& why) = 0;
    // `now` is the time right after the message was received.
    virtual void OnMessage(std::size_t connection, std::string_view payload, std::uint64_t now) = 0;
    // It has ended, though not by Close.
    virtual void OnLost(std::size_t connection, const std::string& why) = 0;
  };

  // Connections that do not read according to the roster get a small receive buffer, so that it is
  // full soon. The listener must outlive the crowd.
  Crowd(const Url& url, const Roster& roster, Listener& listener);

  void Open(std::size_t connection);
  // Sends a close frame and hangs up.
  void Close(std::size_t connection);
  bool IsOpen(std::size_t connection) const { return connections_[connection].fd.get() >= 0; }
  std::size_t opening() const { return connector_.under_way(); }

  // Sends a text message. What the socket does not take waits in memory, see backlog_bytes().
  void Send(std::size_t connection, std::string_view message) {
    SendFrame(connection, Opcode::kText, message);
  }
  // What waits on all connections: the caller should send no more when it is much.
  std::size_t backlog_bytes() const { return backlog_bytes_; }

  // Waits for anything to happen, at most until `until`, and handles some of it.
  void Turn(std::uint64_t until);

 private:
  struct Connection {
    UniqueFd fd;
    FrameStream stream;
    std::string backlog;
  };

  void Connected(Connector::Outcome outcome);
  void Ready(std::size_t connection, std::uint32_t events);
  void Receive(std::size_t connection);
  // Handles whole frames, and takes them off the front of `bytes`.
  void TakeFrames(std::size_t connection, std::span<char>& bytes);
  void SendFrame(std::size_t connection, Opcode opcode, std::string_view payload);
  void Flush(std::size_t connection);
  void Watch(std::size_t connection, int operation);
  void Drop(std::size_t connection);
  void Lose(std::size_t connection, const std::string& why);

  const Url url_;
  const Roster roster_;
  Listener& listener_;
  Connector connector_;
  std::vector<Connection> connections_;
  std::size_t backlog_bytes_ = 0;
  UniqueFd epoll_{::epoll_create1(EPOLL_CLOEXEC)};
  // Few, so that a turn is short and what is due is sent in time.
  std::array<epoll_event, 64> events_{};
  // One buffer for all connections: what arrives is taken apart before the next is received.
  std::vector<char> buffer_ = std::vector<char>(256 << 10);
  std::string outgoing_;
};

}  // namespace fanfare::bench
