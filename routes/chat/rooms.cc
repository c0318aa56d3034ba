#include "routes/chat/rooms.h"

#include <utility>

namespace fanfare::chat {

Rooms::Stay::Stay(Rooms& rooms, std::string room, Session& session)
    : rooms_(rooms), room_(std::move(room)), session_(session) {
  const std::lock_guard lock(rooms_.mutex_);
  std::unique_ptr<Room>& entry = rooms_.rooms_[room_];
  if (entry == nullptr) entry = std::make_unique<Room>(rooms_.make_channel_(room_));
  sessions_ = &entry->sessions;
  sessions_->Join(session_);
}

Rooms::Stay::~Stay() {
  const std::lock_guard lock(rooms_.mutex_);
  sessions_->Leave(session_);
  if (sessions_->empty()) rooms_.rooms_.erase(room_);
}

std::size_t Rooms::count() const {
  const std::lock_guard lock(mutex_);
  return rooms_.size();
}

std::size_t Rooms::SessionsIn(std::string_view room) const {
  const std::lock_guard lock(mutex_);
  const auto found = rooms_.find(std::string(room));
  return found == rooms_.end() ? 0 : found->second->sessions.size();
}

}  // namespace fanfare::chat
