#include "routes/chat/presence.h"

namespace fanfare::chat {

void Presence::Join(const Author& who, std::uint64_t connection) {
  Member& member = members_[who.session];
  const bool is_known = member.who.json == who.json;
  if (!is_known) {
    names_.erase({member.who.name, who.session});
    names_.emplace(who.name, who.session);
  }
  member = {.who = who, .connection = connection};
  if (!is_known) Note(who.session);
}

void Presence::Leave(const std::string& session, std::uint64_t connection) {
  if (const auto member = Find(session, connection); member != members_.end()) Remove(member);
}

bool Presence::Lose(const std::string& session, std::uint64_t connection) {
  const auto member = Find(session, connection);
  if (member == members_.end()) return false;
  member->second.is_lost = true;
  return true;
}

void Presence::Forget(const std::string& session, std::uint64_t connection) {
  const auto member = Find(session, connection);
  if (member != members_.end() && member->second.is_lost) Remove(member);
}

OrError<std::string> Presence::SessionNamed(const std::string& name) const {
  const auto found = names_.lower_bound({name, ""});
  if (found == names_.end() || found->first != name) {
    return Error{.code = ErrorCode::kNoSuchMember, .message = "nobody in the room has this name"};
  }
  if (const auto next = std::next(found); next != names_.end() && next->first == name) {
    return Error{.code = ErrorCode::kAmbiguousName, .message = "several members have this name"};
  }
  return found->second;
}

Presence::Page Presence::Read(const std::string& after, std::size_t limit) const {
  Page page;
  auto member = members_.upper_bound(after);
  for (; member != members_.end() && page.members.size() < limit; ++member) {
    page.members.push_back(member->second.who.json);
    page.next = member->first;
  }
  if (member == members_.end()) page.next.clear();
  return page;
}

std::string Presence::TakeFrame() {
  JsonObject frame;
  frame.Text("type", "presence")
      .Text("room", room_)
      .Number("version", ++version_)
      .Number("count", members_.size());
  if (was_too_many_ || !is_listed()) {
    frame.Flag("listed", false);
  } else {
    std::vector<std::string> joined;
    std::vector<std::string> left;
    for (const std::string& session : changed_) {
      const auto member = members_.find(session);
      if (member == members_.end()) {
        left.push_back(JsonString(session));
      } else {
        joined.push_back(member->second.who.json);
      }
    }
    frame.Json("joined", JsonArray(joined)).Json("left", JsonArray(left));
  }
  has_changed_ = false;
  was_too_many_ = false;
  changed_.clear();
  return frame.Take();
}

void Presence::Note(const std::string& session) {
  has_changed_ = true;
  if (!is_listed()) was_too_many_ = true;
  if (was_too_many_) {
    changed_.clear();
  } else {
    changed_.insert(session);
  }
}

std::map<std::string, Presence::Member>::iterator Presence::Find(const std::string& session,
                                                                 std::uint64_t connection) {
  const auto member = members_.find(session);
  return member != members_.end() && member->second.connection == connection ? member
                                                                             : members_.end();
}

void Presence::Remove(std::map<std::string, Member>::iterator member) {
  const std::string session = member->first;
  names_.erase({member->second.who.name, session});
  members_.erase(member);
  Note(session);
}

}  // namespace fanfare::chat
