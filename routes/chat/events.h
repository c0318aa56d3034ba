// What the kept events of a room are, and what became of them.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>

#include "routes/chat/protocol.h"

namespace fanfare::chat {

// A compact index of the events that a room keeps, by offset: who may change what, and what was
// deleted. It is trimmed with what the room's channel keeps, and so is bounded by it: whatever is
// noted of a message was an event after it.
//
// Thread: one at a time.
class Events {
 public:
  // Notes the next event, a message of this session.
  void AddMessage(std::string author);
  // Notes the next event, which refers to a message.
  void AddEdit(std::uint64_t target);
  void AddDelete(std::uint64_t target);
  void AddReaction(std::uint64_t target, const std::string& session, const std::string& key,
                   bool on);

  // The offset of the next event; the first is 1.
  std::uint64_t next() const { return first_ + events_.size(); }
  // Forgets the events before this one.
  void Trim(std::uint64_t first);

  // Whether a session may edit or delete a message, or anybody may react to it.
  OrError<std::monostate> MayChange(std::uint64_t target, const std::string& session) const;
  OrError<std::monostate> MayReact(std::uint64_t target) const;

  // What a reaction is now, and the offset of the event that made it so (the message's, if there
  // was none).
  struct Reaction {
    bool on = false;
    std::uint64_t offset = 0;
  };
  Reaction ReactionOf(std::uint64_t target, const std::string& session,
                      const std::string& key) const;

  // Whether an event is a message that was deleted, or an edit of one.
  bool IsDeleted(std::uint64_t offset) const;

 private:
  enum class Kind : std::uint8_t { kMessage, kEdit, kOther };
  struct Event {
    Kind kind = Kind::kOther;
    bool is_deleted = false;
    // Of an edit; no event has the offset 0.
    std::uint64_t target = 0;
    // Of a message.
    std::string author = {};
    std::map<std::pair<std::string, std::string>, Reaction> reactions = {};
  };

  // Null if it is not kept.
  const Event* At(std::uint64_t offset) const;
  Event* At(std::uint64_t offset);

  std::uint64_t first_ = 1;
  std::deque<Event> events_;
};

}  // namespace fanfare::chat
