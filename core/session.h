// One WebSocket connection, as a route sees it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "core/auth/identity.h"
#include "core/close_code.h"
#include "core/endpoint.h"
#include "core/message.h"
#include "core/request.h"
#include "core/subscription.h"

namespace fanfare {

class Channel;

// Reaches a session from any thread. Once the session has ended, nothing happens any more.
//
// Thread: any. Lifetime: that of whoever holds it, but not beyond the server's.
class SessionHandle {
 public:
  virtual ~SessionHandle() = default;

  // As Session::Send and Session::Close, in the order of the calls, on a later turn of its loop.
  virtual void Send(MessageType type, std::string payload) = 0;
  virtual void Close(CloseCode code, std::string reason) = 0;
};

// One WebSocket connection after its opening handshake.
//
// Thread: everything happens on the session's own shard; a session must not be used on another
// thread. To reach sessions of other shards, publish to a channel.
// Lifetime: outlives the handler that was opened for it.
class Session {
 public:
  virtual ~Session() = default;

  // Unique among all sessions of this process, and never used again.
  virtual std::uint64_t id() const = 0;
  virtual const Endpoint& peer() const = 0;
  // The opening handshake. Lasts as long as the handler's Open call.
  virtual const Request& request() const = 0;
  // Who it is, as its newest token says; null where no token is asked for. When the token expires,
  // the session is closed with 4401 (CloseCode::kTokenExpired).
  virtual const std::shared_ptr<const Identity>& identity() const = 0;
  // Takes another token in place of the one that it has, which must be of the same user. After an
  // error, whose text is for the client, nothing has changed.
  virtual absl::Status Renew(std::string_view token) = 0;

  // Sends a message to this session alone. It leaves at the end of the loop's turn. Messages sent
  // this way keep their order, and so do those of a channel; between the two there is none.
  //
  // At `limits.outbox_bytes` of unsent bytes the session is closed with 1008: it reads too slowly.
  // After Close, a message is dropped.
  virtual void Send(Message message) = 0;

  // Starts the closing handshake; what was queued by Send goes first. The session ends when the
  // peer answers, or after `limits.handshake_seconds`. The reason is cut at 123 bytes. Only the
  // first call counts.
  virtual void Close(CloseCode code, std::string_view reason) = 0;

  // From now on this session is sent what is published to the channel, in the channel's order,
  // until the subscription is destroyed. The channel must outlive the subscription. An empty
  // subscription once the session is closing.
  [[nodiscard]] virtual Subscription Subscribe(Channel& channel) = 0;
  // The same, beginning with a message that the channel keeps (Channel::kept); an empty
  // subscription also when it is not kept.
  [[nodiscard]] virtual Subscription SubscribeFrom(Channel& channel, std::uint64_t offset) = 0;

  // A way to this session from other threads.
  virtual std::shared_ptr<SessionHandle> handle() = 0;
};

}  // namespace fanfare
