// Who is in a chat room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "core/channel.h"
#include "core/endpoint.h"
#include "core/message.h"
#include "core/session.h"

namespace fanfare::chat {

// The sessions of a room by their peer's endpoint (address and port). To be in the map is to be
// sent the room's messages.
//
// Thread: Join and Leave are called on the session's own shard, and all but Broadcast by one shard
// at a time (the room's mutex sees to that). Broadcast is for any thread, and needs no lock of
// ours.
class SessionMap {
 public:
  // `channel` must outlive the map.
  explicit SessionMap(Channel& channel) : channel_(channel) {}

  void Join(Session& session);
  void Leave(const Session& session);

  // Sends a message, unchanged, to every session of the map, in one order for all of them.
  void Broadcast(Message message) { channel_.Publish(message); }

  bool empty() const { return members_.empty(); }
  std::size_t size() const { return members_.size(); }
  bool Contains(const Endpoint& peer) const { return members_.contains(peer); }
  // The numbers of all sessions (Session::id).
  std::vector<std::uint64_t> ids() const;

 private:
  struct Member {
    std::uint64_t session;
    Subscription subscription;
  };

  Channel& channel_;
  // A multimap, because a client may use one port of its own for connections to two addresses that
  // the server listens at.
  std::unordered_multimap<Endpoint, Member> members_;
};

}  // namespace fanfare::chat
