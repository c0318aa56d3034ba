// A chat room.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/route.h"
#include "routes/chat/author.h"
#include "routes/chat/presence.h"
#include "routes/chat/protocol.h"
#include "routes/chat/recent_publishes.h"
#include "routes/chat/record.h"
#include "routes/chat/requests.h"
#include "routes/chat/session_map.h"

namespace fanfare::chat {

struct RoomSettings {
  History history = {.messages = 1000, .bytes = 256 * 1024, .age = std::chrono::hours(24)};
  // How often changes of the members are told.
  std::chrono::milliseconds presence_interval{1000};
  // How long a member is counted whose connection was lost.
  std::chrono::milliseconds grace{5000};
  // Above so many members, changes are counted and not listed.
  std::size_t list_up_to = 1000;
};

// Where plain clients and clients of the protocol meet. Each format has a channel of its own: what
// plain clients are sent is text as it was said; what clients of the protocol are sent is the
// record, which begins when the first of them comes. Until then, a plain client's message takes no
// lock of the room and is no JSON.
//
// Thread: any; with a session, that session's own. The mutex gives both channels one order; what
// the room calls with it held is channels, and RouteContext::After.
// Lifetime: longer than its members' stays; held by shared_ptr, as its timers hold weak ones.
class Room : public std::enable_shared_from_this<Room> {
 public:
  // The context must outlive the room.
  Room(std::string name, const RoomSettings& settings, RouteContext& context);

  const std::string& name() const { return name_; }

  // Plain clients.
  void JoinPlain(Session& session);
  void LeavePlain(const Session& session);
  void SayPlain(const Session& session, Message message);
  std::size_t plain_count() const;
  bool HasPlain(const Endpoint& peer) const;

  // Begins the record, if it has not begun. What follows is for after that.
  void BeginRecord();

  // Which life of the room offsets count in.
  const std::string& epoch() const { return record_->epoch(); }

  struct EventPage {
    // The oldest offset that is kept.
    std::uint64_t first = 0;
    // Each as JSON, oldest first.
    std::deque<std::string> events = {};
  };
  struct MemberPage {
    std::uint64_t version = 0;
    std::size_t count = 0;
    bool is_listed = true;
    Presence::Page page = {};
  };
  struct Joined {
    std::uint64_t offset = 0;
    EventPage history = {};
    MemberPage members = {};
    bool is_recovered = false;
    // Begins after `offset`, or after what was asked for if `is_recovered`.
    Subscription subscription = {};
  };
  Joined Join(Session& session, const Author& who, const chat::Join& request);
  void Leave(const Session& session, const Author& who);
  // The session's connection ended without its leaving.
  void Lose(const Session& session, const Author& who);

  using Published = Record::Published;
  Published Say(const Author& from, const Content& content);
  // For those without a session: a key that was used lately gives what was published then.
  Published SayOnce(const Author& from, const Content& content, const std::string& key);
  OrError<Published> Change(const Author& from, const Edit& edit);
  OrError<Published> Change(const Author& from, const Delete& which);
  OrError<Published> Change(const Author& from, const React& react);
  // Tells all members something that is not kept.
  void Pass(std::string_view frame);

  // For readers of the event stream, who are no members: what follows an event that they had last,
  // or else, after a frame that says so (if they had one) and the newest `history` events, what
  // comes from now on. Each Watch is followed by an Unwatch, after its subscription has ended.
  Subscription Watch(Session& session, const std::optional<chat::Join::Recover>& last,
                     std::size_t history);
  void Unwatch();

  EventPage ReadEvents(std::uint64_t before, std::size_t limit) const;
  // For this session; empty for those who are no members.
  MemberPage ReadMembers(const std::string& after, std::size_t limit,
                         const std::string& reader = "");
  OrError<std::string> SessionNamed(const std::string& name) const;
  // How many members there are, and the offset of the newest event; also before the record begins.
  struct Summary {
    std::size_t members = 0;
    std::uint64_t offset = 0;
  };
  Summary Summarize() const;
  // What operators are told.
  GroupInfo Describe() const;

  // Lets go of what is too old. True if nothing is left that anybody could come back to.
  bool Expire();

 private:
  // False if the record has begun.
  bool SayBeforeRecord(Message message);

  // The caller of these holds the mutex.
  MemberPage MembersAfter(const std::string& after, std::size_t limit, const std::string& reader);
  Published SayLocked(const Author& from, const Content& content);
  void RecordPlain(const Session& session, Message message);
  void AddPlainMember(std::uint64_t session);
  void SchedulePresence();

  void TellPresence();
  void Forget(const std::string& session, std::uint64_t connection);

  const std::string name_;
  const RoomSettings settings_;
  const std::chrono::system_clock::time_point created_ = std::chrono::system_clock::now();
  RouteContext& context_;
  const std::shared_ptr<Channel> plain_channel_;

  mutable std::mutex mutex_;
  SessionMap plain_;
  Presence presence_;
  // Null until it begins; then never changed.
  std::unique_ptr<Record> record_;
  // Whether there is a record, or one is beginning, for those without the mutex.
  std::atomic<bool> has_record_ = false;
  // How many plain clients are saying something without it. A record begins when there are none, so
  // that both channels have one order from its beginning.
  std::atomic<int> saying_ = 0;
  // What plain clients are called of whom a token says it, by the number of their session.
  std::unordered_map<std::uint64_t, std::string> plain_names_;
  // Who the plain clients are in the record, by the number of their session.
  std::unordered_map<std::uint64_t, Author> plain_authors_;
  RecentPublishes posts_;
  std::size_t watchers_ = 0;
  bool is_telling_presence_ = false;
};

}  // namespace fanfare::chat
