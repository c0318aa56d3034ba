#include "routes/chat/session_map.h"

namespace fanfare::chat {

void SessionMap::Join(Session& session) {
  members_.emplace(session.peer(),
                   Member{.session = session.id(), .subscription = session.Subscribe(channel_)});
}

void SessionMap::Leave(const Session& session) {
  auto [member, end] = members_.equal_range(session.peer());
  while (member != end && member->second.session != session.id()) ++member;
  if (member != end) members_.erase(member);
}

std::vector<std::uint64_t> SessionMap::ids() const {
  std::vector<std::uint64_t> ids;
  ids.reserve(members_.size());
  for (const auto& [peer, member] : members_) ids.push_back(member.session);
  return ids;
}

}  // namespace fanfare::chat
