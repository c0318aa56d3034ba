// Who the sessions are, beyond their connections.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/route.h"
#include "routes/chat/recent_publishes.h"

namespace fanfare::chat {

// One client's identity: what others see of it, and the secret that proves it.
//
// Thread: any. Two connections may share one for a moment, when one takes it from the other.
struct Identity {
  const std::string session;
  const std::string token;
  // Whose it is, as a token of theirs says; empty where none is asked for.
  const std::string user;

  // Held while something is published, so that of two connections that publish the same id one
  // sees that the other did.
  std::mutex publishing;
  RecentPublishes publishes;
};

// All identities of clients of the protocol. One belongs to a connection, which another may take
// over; it is forgotten some time after its connection ended.
//
// Thread: any. The mutex is the last that anybody takes.
class Identities {
 public:
  // How many may be remembered without a connection; at it, the oldest is forgotten.
  static constexpr std::size_t kMaxWithoutConnection = 65'536;

  // The context must outlive this. `memory`: how long an identity is remembered at least.
  Identities(RouteContext& context, std::chrono::seconds memory);

  // A new identity for a connection of this user.
  std::shared_ptr<Identity> Begin(std::shared_ptr<SessionHandle> connection,
                                  const std::string& user = "");

  // Gives an identity to this connection, and closes the one that has it. Null, if there is no such
  // identity, the token is wrong, or it is another user's.
  std::shared_ptr<Identity> Resume(const std::string& session, std::string_view token,
                                   std::shared_ptr<SessionHandle> connection,
                                   const std::string& user = "");

  // The connection ended. Nothing happens if the identity is another's by now.
  void End(const Identity& identity, const SessionHandle& connection);
  // The connection goes on with another identity; nobody can come back to this one. Nothing happens
  // if it is another's by now.
  void Forget(const Identity& identity, const SessionHandle& connection);

  // Sends text to whoever has the identity; false if nobody has.
  bool Send(const std::string& session, std::string text) const;

  std::size_t size() const;

 private:
  struct Entry {
    std::shared_ptr<Identity> identity;
    // Null without a connection.
    std::shared_ptr<SessionHandle> connection;
    // Counts the ends, to tell the last from one that was resumed.
    std::uint64_t ends = 0;
  };
  struct Ended {
    std::string session;
    std::uint64_t ends;
    std::uint64_t tick;
  };

  // The caller of these holds the mutex.
  void ForgetOldest();
  void ScheduleTick();

  void Tick();

  RouteContext& context_;
  const std::chrono::milliseconds tick_time_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Entry> entries_;
  // Those without a connection, and what was resumed since; the oldest first.
  std::deque<Ended> ended_;
  // Time is counted in ticks, which come only while something waits to be forgotten.
  std::uint64_t ticks_ = 0;
  bool ticking_ = false;
};

}  // namespace fanfare::chat
