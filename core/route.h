// What a route plugin implements, and how it registers itself. See routes/README.md.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "core/channel.h"
#include "core/message.h"
#include "core/options.h"
#include "core/request.h"
#include "core/session.h"

namespace fanfare {

// One session's part in a route.
//
// Thread: the session's shard. Lifetime: made when the opening handshake ends; destroyed as soon as
// the session begins to close, whichever side closes it and for whatever reason. The destructor is
// therefore the place to leave what was joined. It must not throw.
class Handler {
 public:
  virtual ~Handler() = default;

  // A message came in. The payload lasts for the call. An exception ends this session with 1011.
  // Not called any more after Session::Close; the destructor comes on a later turn then.
  virtual void OnMessage(Message message) = 0;

  // The peer's close frame came, with this code; CloseCode::kNoStatus if it had none. Nothing can
  // be sent any more, and the destructor comes next, on a later turn. Not called when the session
  // was closed by this side first, nor when the connection ends in any other way.
  virtual void OnPeerClosed(CloseCode code);

  // The session read too slowly, and was not sent so many messages of a channel that skips
  // (SlowReaders::kSkip); it goes on with what comes next.
  virtual void OnMissed(std::string_view channel, std::uint64_t messages);

  // The session sends faster than this setting lets it (`limits.messages_per_second` or
  // `limits.bytes_per_second`), for which it is read from slowly already. If it goes on it is
  // closed, with 1008, in about so much time. Called once, until it has made up for that by pauses.
  virtual void OnSendsTooFast(std::string_view setting, std::chrono::milliseconds left);

  // The session's token (Session::identity) holds for so much longer: time to ask the client for
  // another (Session::Renew). Called once for each token: when a quarter of its time, and 30 s at
  // most, is left.
  virtual void OnTokenExpiring(std::chrono::milliseconds left);
};

// A group of sessions that a route keeps, such as a chat room; for operators.
struct GroupInfo {
  std::string name;
  // How many are in it, by what they speak: {"plain", 3}.
  std::vector<std::pair<std::string, std::size_t>> members;
  // What is kept for those who come later, and the memory of its channels' logs.
  std::uint64_t kept_messages = 0;
  std::size_t log_bytes = 0;
  std::chrono::system_clock::time_point created = {};
};

// What a path serves.
//
// Thread: made once, at start or by a reload of the configuration, on the main thread; afterwards
// every shard calls it, at the same time. Lifetime: outlives all of its handlers; destroyed on any
// thread, when the server ends or after a reload that changed its settings.
class Route {
 public:
  virtual ~Route() = default;

  // Whether the route speaks WebSocket. If so, Open is called for every session.
  virtual bool has_websocket() const { return true; }

  // The subprotocols (RFC 6455 section 1.9) that it speaks, besides none; see Request::subprotocol.
  // A client that asks for others only is served without one.
  virtual std::vector<std::string> subprotocols() const { return {}; }

  // Makes the handler of a session that just finished its opening handshake. A Status refuses: the
  // session is closed with 1008 and the status's message as the reason (1011 for kInternal).
  virtual absl::StatusOr<std::unique_ptr<Handler>> Open(Session& session);

  // The methods of plain HTTP requests that Answer takes, e.g. {"GET"}; GET implies HEAD.
  virtual std::vector<std::string> http_methods() const { return {}; }

  // What one of the patterns that it is served at takes; Request::pattern says which it was. Unless
  // overridden, has_websocket and http_methods say it for all of them.
  struct Service {
    bool has_websocket = true;
    std::vector<std::string> http_methods = {};
  };
  virtual Service ServiceAt(std::string_view pattern) const;

  // Whether a plain HTTP request shows a key of the route's own, for other servers say: then it is
  // answered without a token where one is asked for, and nobody's identity is in it. The route
  // itself says what the key may do.
  virtual bool HasOwnKey(const Request& request) const;

  // The groups after that name, ordered by name, `limit` at most. Called by a thread of no shard.
  virtual std::vector<GroupInfo> GroupsAfter(const std::string& name, std::size_t limit) const;

  // Answers a plain HTTP request. Must not block. An exception is answered with 500.
  virtual Response Answer(const Request& request);
};

// What a route is made with.
class RouteContext {
 public:
  virtual ~RouteContext() = default;

  // The route's `options` of the configuration. Read each with its default; an option that was not
  // read, or has the wrong type, is an error at start that names its JSON path.
  virtual Options& options() = 0;

  // The patterns that the route is served at.
  virtual const std::vector<std::string>& patterns() const = 0;

  // Whether the server listens at loopback addresses only, where no other machine can reach it. (A
  // proxy on this machine may still let others in.)
  virtual bool is_loopback_only() const = 0;

  // Makes a channel with the configured limits. Any thread, also later on; the context lives as
  // long as the route.
  std::shared_ptr<Channel> MakeChannel(std::string name, ChannelSettings settings = {}) {
    return DoMakeChannel(std::move(name), settings);
  }

  // Runs a task once, that much later, on a thread of the server; any thread may ask for it. What
  // has not run when the server stops, or the route is gone, does not run.
  virtual void After(std::chrono::milliseconds delay, std::function<void()> task) = 0;

 private:
  virtual std::shared_ptr<Channel> DoMakeChannel(std::string name, ChannelSettings settings) = 0;
};

// The way to make a route of some kind; reads its options from the context.
using RouteFactory = absl::StatusOr<std::unique_ptr<Route>> (*)(RouteContext& context);

// The usual factory, for a route with a constructor from RouteContext&.
template <typename R>
absl::StatusOr<std::unique_ptr<Route>> MakeRoute(RouteContext& context) {
  return std::make_unique<R>(context);
}

// Puts a route on the list of what is linked into the program:
//
//   const RegisterRoute kEcho("echo", {"/echo"}, MakeRoute<EchoRoute>);
//
// The patterns are those that it serves unless the configuration says otherwise. Must be a constant
// of namespace scope; it allocates nothing, and errors (two routes of one name, more patterns than
// kMaxPatterns) are found when the server starts.
class RegisterRoute {
 public:
  static constexpr std::size_t kMaxPatterns = 8;

  RegisterRoute(const char* name, std::initializer_list<const char*> patterns,
                RouteFactory make) noexcept
      : RegisterRoute(name, patterns, make, first_) {}
  // The same on another list than that of what is linked, for tests; `head` is that list's first
  // route, and null when it is empty.
  RegisterRoute(const char* name, std::initializer_list<const char*> patterns, RouteFactory make,
                const RegisterRoute*& head) noexcept;
  RegisterRoute(const RegisterRoute&) = delete;
  RegisterRoute& operator=(const RegisterRoute&) = delete;

  const char* name() const { return name_; }
  std::vector<std::string> patterns() const;
  // Whether there were more patterns than there is room for; the rest was left out.
  bool has_too_many_patterns() const { return has_too_many_patterns_; }
  RouteFactory factory() const { return factory_; }

  // The list of what is linked, in no order.
  static const RegisterRoute* first() { return first_; }
  const RegisterRoute* next() const { return next_; }

 private:
  // Set before any constructor runs, whichever file's constants are made first.
  static constinit const RegisterRoute* first_;

  const char* name_;
  std::array<const char*, kMaxPatterns> patterns_ = {};
  std::size_t pattern_count_ = 0;
  bool has_too_many_patterns_ = false;
  RouteFactory factory_;
  const RegisterRoute* next_;
};

}  // namespace fanfare
