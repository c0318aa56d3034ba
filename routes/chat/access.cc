#include "routes/chat/access.h"

#include <utility>

namespace fanfare::chat {

RoomPatterns ListOf(const Who& who) {
  return who == nullptr ? RoomPatterns::All() : who->permissions.list;
}

Error Forbidden(std::string_view what, std::string_view room) {
  std::string message = "your token does not let you ";
  message.append(what);
  if (!room.empty()) message.append(" in the room ").append(room);
  return {.code = ErrorCode::kForbidden, .message = std::move(message)};
}

std::string NameOf(const Who& who, const std::string& wish) {
  if (who == nullptr) return wish;
  for (const std::string* name : {&who->name, &who->user}) {
    if (IsDisplayName(*name)) return *name;
  }
  return std::string(kGuest);
}

std::optional<std::chrono::seconds> LeftOf(const Who& who) {
  if (who == nullptr) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::seconds>(who->expires_at -
                                                          std::chrono::system_clock::now());
}

std::string UserOf(const Who& who) {
  return who == nullptr ? "" : who->user;
}

}  // namespace fanfare::chat
