// What a client's token lets it do, and what it is called.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/route.h"
#include "routes/chat/protocol.h"

namespace fanfare::chat {

// Who a client is; null where no token is asked for, or a key of ours stands for one.
using Who = std::shared_ptr<const fanfare::Identity>;

inline bool MayJoin(const Who& who, std::string_view room) {
  return who == nullptr || who->permissions.join.Has(room);
}
inline bool MayPublish(const Who& who, std::string_view room) {
  return who == nullptr || who->permissions.publish.Has(room);
}
inline bool MayPublishAnywhere(const Who& who) {
  return who == nullptr || who->permissions.publish.has_all();
}
// The rooms that it may be told of.
RoomPatterns ListOf(const Who& who);

// The error `forbidden`. `what` is what may not be done, as in "join".
Error Forbidden(std::string_view what, std::string_view room);

// What it is called in a room: as its token says, so that nobody takes the name of others; where
// there is none, as it wishes.
std::string NameOf(const Who& who, const std::string& wish);

// For how long its token holds; nothing where none is asked for.
std::optional<std::chrono::seconds> LeftOf(const Who& who);

// Whose it is; empty where no token is asked for.
std::string UserOf(const Who& who);

}  // namespace fanfare::chat
