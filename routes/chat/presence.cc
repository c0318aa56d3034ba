#include "routes/chat/presence.h"

#include <iterator>
#include <utility>

namespace fanfare::chat {
namespace {

// No state of a member's.
constexpr const char* kUnsure = "?";

}  // namespace

void Presence::Join(const Author& who, std::uint64_t connection) {
  const bool is_known = StateOf(who.session) == who.json;
  if (!is_known) NoteKnown(who.session);
  Member& member = members_[who.session];
  if (!is_known) {
    names_.erase({member.who.name, who.session});
    names_.emplace(who.name, who.session);
  }
  member = {.who = who, .connection = connection, .was_told = member.was_told};
  if (!is_known) NoteChange();
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

Presence::Page Presence::Read(const std::string& after, std::size_t limit,
                              const std::string& reader) {
  Page page;
  auto member = members_.upper_bound(after);
  for (; member != members_.end() && page.members.size() < limit; ++member) {
    page.members.push_back(member->second.who.json);
    page.next = member->first;
    if (member->first != reader) member->second.was_told = true;
  }
  const bool is_last = member == members_.end();
  for (auto change = changed_.upper_bound(after); change != changed_.end(); ++change) {
    auto& [session, known] = *change;
    if (!is_last && session > page.next) break;
    if (session != reader && StateOf(session) != known) known = kUnsure;
  }
  const auto own = changed_.find(reader);
  const bool is_new = own != changed_.end() && own->second.empty() && members_.contains(reader);
  if (members_.size() != told_count_ + (is_new ? 1 : 0)) was_counted_ = true;
  if (is_last) page.next.clear();
  return page;
}

std::string Presence::TakeFrame() {
  std::vector<std::string> joined;
  std::vector<std::string> left;
  for (const auto& [session, known] : std::exchange(changed_, {})) {
    const auto member = members_.find(session);
    if (member != members_.end()) {
      member->second.was_told = true;
      if (known != member->second.who.json) joined.push_back(member->second.who.json);
    } else if (!known.empty()) {
      left.push_back(JsonString(session));
    }
  }
  has_changed_ = false;
  const bool is_count_known = !std::exchange(was_counted_, false) && told_count_ == count();
  const bool is_list = !std::exchange(was_too_many_, false);
  if (is_list && is_count_known && joined.empty() && left.empty()) return "";
  told_count_ = count();
  JsonObject frame;
  frame.Text("type", "presence")
      .Text("room", room_)
      .Number("version", ++version_)
      .Number("count", count());
  if (is_list) {
    frame.Json("joined", JsonArray(joined)).Json("left", JsonArray(left));
  } else {
    frame.Flag("listed", false);
  }
  return frame.Take();
}

void Presence::NoteKnown(const std::string& session) {
  const auto member = members_.find(session);
  const bool was_told = member != members_.end() && member->second.was_told;
  changed_.try_emplace(session, was_told ? member->second.who.json : "");
}

void Presence::NoteChange() {
  has_changed_ = true;
  if (!is_listed()) was_too_many_ = true;
  if (was_too_many_) changed_.clear();
}

std::string_view Presence::StateOf(const std::string& session) const {
  const auto member = members_.find(session);
  return member == members_.end() ? std::string_view() : member->second.who.json;
}

std::map<std::string, Presence::Member>::iterator Presence::Find(const std::string& session,
                                                                 std::uint64_t connection) {
  const auto member = members_.find(session);
  return member != members_.end() && member->second.connection == connection ? member
                                                                             : members_.end();
}

void Presence::Remove(std::map<std::string, Member>::iterator member) {
  NoteKnown(member->first);
  names_.erase({member->second.who.name, member->first});
  members_.erase(member);
  NoteChange();
}

}  // namespace fanfare::chat
