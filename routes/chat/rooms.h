// The chat rooms.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "core/channel.h"
#include "core/session.h"
#include "routes/chat/session_map.h"

namespace fanfare::chat {

// The rooms that somebody is in, by name. A room is made when its first session comes, and freed
// when its last one goes.
//
// Thread: any, for a session the session's own shard. The mutex is for coming and going; what is
// said in a room does not take it.
class Rooms {
 public:
  using MakeChannel = std::function<std::shared_ptr<Channel>(std::string)>;

  // A session's stay in a room, which ends when this is destroyed. The rooms and the session must
  // outlive it.
  class Stay {
   public:
    Stay(Rooms& rooms, std::string room, Session& session);
    ~Stay();
    Stay(const Stay&) = delete;
    Stay& operator=(const Stay&) = delete;

    SessionMap& sessions() { return *sessions_; }

   private:
    Rooms& rooms_;
    const std::string room_;
    Session& session_;
    SessionMap* sessions_;
  };

  explicit Rooms(MakeChannel make_channel) : make_channel_(std::move(make_channel)) {}

  // How many rooms there are, and how many sessions are in one.
  std::size_t count() const;
  std::size_t SessionsIn(std::string_view room) const;

 private:
  struct Room {
    explicit Room(std::shared_ptr<Channel> its_channel)
        : channel(std::move(its_channel)), sessions(*channel) {}

    std::shared_ptr<Channel> channel;
    SessionMap sessions;
  };

  const MakeChannel make_channel_;
  mutable std::mutex mutex_;
  absl::flat_hash_map<std::string, std::unique_ptr<Room>> rooms_;
};

}  // namespace fanfare::chat
