// Who is in a room, and what of it changed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "routes/chat/author.h"
#include "routes/chat/protocol.h"

namespace fanfare::chat {

// The members of a room by session, and the changes that were not told yet. What is told of a
// session is how it came out: nothing, if that is what all know of it, from frames or from pages
// that were read between two of them.
//
// A member belongs to a connection, which is named by a number. When another connection joins with
// the same session, the member is its own, and the first one's end changes nothing.
//
// Thread: one at a time.
class Presence {
 public:
  // Above `list_up_to` members, changes are counted and not listed.
  Presence(std::string room, std::size_t list_up_to)
      : room_(std::move(room)), list_up_to_(list_up_to) {}

  void Join(const Author& who, std::uint64_t connection);
  // It leaves at once.
  void Leave(const std::string& session, std::uint64_t connection);
  // Its connection ended. True if Forget is to be called after a while: it may come back.
  bool Lose(const std::string& session, std::uint64_t connection);
  // It leaves, unless it came back.
  void Forget(const std::string& session, std::uint64_t connection);

  std::size_t count() const { return members_.size(); }
  // Of the newest frame.
  std::uint64_t version() const { return version_; }
  bool is_listed() const { return members_.size() <= list_up_to_; }

  // The one member that has the name.
  OrError<std::string> SessionNamed(const std::string& name) const;

  struct Page {
    // Each {"session": …, "name": …}.
    std::vector<std::string> members;
    // What the next page begins after; empty for the last page.
    std::string next;
  };
  // For this session, which is told nothing new of itself; empty for others.
  Page Read(const std::string& after, std::size_t limit, const std::string& reader = "");

  // Whether there may be something to tell.
  bool has_changed() const { return has_changed_; }
  // The frame that tells it, of the next version; empty if all came out as it was.
  std::string TakeFrame();

 private:
  struct Member {
    Author who;
    std::uint64_t connection = 0;
    bool is_lost = false;
    // Others know of it.
    bool was_told = false;
  };

  // To be called before a member changes: notes what is known of it, if that is not noted yet.
  void NoteKnown(const std::string& session);
  // To be called after it.
  void NoteChange();
  // What is to be known of a session: the member's JSON; empty if there is none.
  std::string_view StateOf(const std::string& session) const;
  // The member, if it belongs to the connection.
  std::map<std::string, Member>::iterator Find(const std::string& session,
                                               std::uint64_t connection);
  void Remove(std::map<std::string, Member>::iterator member);

  const std::string room_;
  const std::size_t list_up_to_;
  std::map<std::string, Member> members_;
  // Names, and the sessions that have them.
  std::set<std::pair<std::string, std::string>> names_;
  std::uint64_t version_ = 0;
  // Of the newest frame.
  std::size_t told_count_ = 0;
  // The rest is about what happened since the newest frame.
  bool has_changed_ = false;
  // There were too many members to list what changed.
  bool was_too_many_ = false;
  // Somebody was shown another count than the frame's.
  bool was_counted_ = false;
  // The sessions that changed, and what was known of each (see StateOf); kUnsure, if not all know
  // the same.
  std::map<std::string, std::string> changed_;
};

}  // namespace fanfare::chat
