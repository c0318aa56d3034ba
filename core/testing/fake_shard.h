// A shard without sockets, for the tests of routes and of fan-out.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/channel.h"
#include "core/fanout/egress.h"
#include "core/fanout/fanout.h"
#include "core/fanout/socket_writer.h"
#include "core/options.h"
#include "core/route.h"
#include "core/session.h"
#include "core/stats.h"

namespace fanfare::testing {

// A network in memory: keeps what was sent to each socket, and can be told to take less.
class FakeNetwork {
 public:
  // What was sent to a socket, ever.
  const std::string& sent(int socket) { return sockets_[socket].sent; }
  // How many sends there were to a socket.
  std::size_t sends(int socket) { return sockets_[socket].sends; }
  // The socket takes this many bytes more and then would block.
  void LimitTo(int socket, std::size_t bytes) { sockets_[socket].room = bytes; }
  void Unlimit(int socket) { sockets_[socket].room.reset(); }
  // From now on, sending fails with this errno.
  void Break(int socket, int error) { sockets_[socket].error = error; }
  // The n-th send from now, to whatever socket, fails with this errno; counting from zero.
  void BreakAfter(std::size_t sends, int error);

  // An egress that sends to this network, which must outlive it.
  std::unique_ptr<Egress> MakeEgress();

 private:
  class FakeEgress;
  struct Socket {
    std::string sent;
    std::size_t sends = 0;
    std::optional<std::size_t> room;
    int error = 0;
  };
  struct Fault {
    std::size_t sends;
    int error;
  };

  std::map<int, Socket> sockets_;
  std::optional<Fault> fault_;
};

// A shard whose loop is run by hand.
class FakeShard {
 public:
  explicit FakeShard(Fanout::Settings settings = {});

  Fanout& fanout() { return fanout_; }
  FakeNetwork& network() { return network_; }
  const Stats& stats() const { return stats_; }

  // Runs what is ready, and what that makes ready, to the end.
  void Run();
  // Runs one task; false when there is none.
  bool RunOne();

 private:
  FakeNetwork network_;
  Stats stats_;
  std::deque<std::function<void()>> tasks_;
  Fanout fanout_;
};

// A session on a fake shard, with the real writer.
class FakeSession final : public Session, private SocketWriter::Owner {
 public:
  struct Closed {
    CloseCode code;
    std::string reason;
  };
  struct Received {
    MessageType type;
    std::string payload;

    bool operator==(const Received&) const = default;
  };

  // The peer is 127.0.0.1, its port is 50000 and the session's id.
  explicit FakeSession(FakeShard& shard, std::size_t outbox_bytes = 1 << 20,
                       Format format = Format::kWebSocket);
  ~FakeSession() override;

  std::uint64_t id() const override { return id_; }
  const Endpoint& peer() const override { return peer_; }
  const Request& request() const override { return request_; }
  const std::shared_ptr<const Identity>& identity() const override { return identity_; }
  absl::Status Renew(std::string_view token) override;
  void Send(Message message) override;
  void Close(CloseCode code, std::string_view reason) override;
  [[nodiscard]] Subscription Subscribe(Channel& channel) override;
  [[nodiscard]] Subscription SubscribeFrom(Channel& channel, std::uint64_t offset) override;
  std::shared_ptr<SessionHandle> handle() override;

  // The peer's close frame comes: what becomes of the handler then.
  void ReceiveClose(std::unique_ptr<Handler> handler, CloseCode code);

  // For tests to fill in.
  Request& mutable_request() { return request_; }
  void set_peer(const Endpoint& peer) { peer_ = peer; }
  void set_identity(const Identity& identity) {
    identity_ = std::make_shared<const Identity>(identity);
  }
  // The one token that Renew takes, and whose it is.
  void set_renewal(std::string token, const Identity& identity) {
    renewal_ = {std::move(token), identity};
  }
  int socket() const { return writer_.socket(); }
  SocketWriter& writer() { return writer_; }

  // The messages that the peer was sent, whole ones only; runs the shard first.
  std::vector<Received> Messages();
  // Their payloads.
  std::vector<std::string> Texts();
  // How the session was closed, if it was.
  const std::optional<Closed>& closed() const { return closed_; }
  // Whether it fell behind, and the offset at which it was then, if that is known.
  bool has_fallen_behind() const { return has_fallen_behind_; }
  const std::optional<std::uint64_t>& fell_behind() const { return fell_behind_; }
  // How many messages it was told that it missed.
  std::uint64_t missed() const { return missed_; }
  bool send_failed() const { return send_failed_; }
  bool waits() const { return waits_; }
  // The socket takes everything again.
  void BecomeWritable();

 private:
  void WaitWritable() override { waits_ = true; }
  void OnSendFailed() override { send_failed_ = true; }
  void OnFellBehind(std::optional<std::uint64_t> offset) override {
    has_fallen_behind_ = true;
    fell_behind_ = offset;
  }
  void OnMissed(const std::string&, std::uint64_t messages) override { missed_ += messages; }
  void OnProgress() override {}
  LogSubject subject() const override { return {.peer = "fake", .session = id_}; }

  class Handle;

  FakeShard& shard_;
  const std::uint64_t id_;
  // Null until somebody asks for it.
  std::shared_ptr<Handle> handle_;
  Endpoint peer_;
  Request request_;
  std::shared_ptr<const Identity> identity_;
  std::pair<std::string, Identity> renewal_;
  const int fake_socket_;
  SocketWriter writer_;
  const Format format_;
  std::optional<Closed> closed_;
  bool has_fallen_behind_ = false;
  std::optional<std::uint64_t> fell_behind_;
  std::uint64_t missed_ = 0;
  bool send_failed_ = false;
  bool waits_ = false;
};

// What a route is made with, in a test.
class FakeRouteContext final : public RouteContext {
 public:
  explicit FakeRouteContext(nlohmann::json options = nlohmann::json::object())
      : options_(std::move(options), "options") {}

  Options& options() override { return options_; }
  const std::vector<std::string>& patterns() const override { return patterns_; }
  bool is_loopback_only() const override { return is_loopback_only_; }
  void After(std::chrono::milliseconds delay, std::function<void()> task) override {
    UseMemory();
    tasks_.emplace(now_ + delay, std::move(task));
  }
  void set_patterns(std::vector<std::string> patterns) { patterns_ = std::move(patterns); }
  void set_loopback_only(bool is_it) { is_loopback_only_ = is_it; }
  // Whether there is memory for what it is asked for; else it throws std::bad_alloc.
  void set_has_memory(bool has_it) { has_memory_ = has_it; }
  // Lets time pass: runs what is due by then, in its order.
  void Advance(std::chrono::milliseconds time);

 private:
  void UseMemory() const {
    if (!has_memory_) throw std::bad_alloc();
  }
  std::shared_ptr<Channel> DoMakeChannel(std::string name, ChannelSettings settings) override {
    UseMemory();
    return std::make_shared<Channel>(std::move(name), Channel::Settings{.log_bytes = 1 << 20,
                                                                        .history = settings.history,
                                                                        .format = settings.format});
  }

  Options options_;
  std::vector<std::string> patterns_;
  bool is_loopback_only_ = true;
  bool has_memory_ = true;
  std::chrono::milliseconds now_{0};
  std::multimap<std::chrono::milliseconds, std::function<void()>> tasks_;
};

// Makes the route that a plugin registered under `name`; null when there is none.
std::unique_ptr<Route> MakeLinkedRoute(std::string_view name, RouteContext& context);

}  // namespace fanfare::testing
