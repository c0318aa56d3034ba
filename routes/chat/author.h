// Who says something in a room.
#pragma once

#include <string>
#include <utility>

#include "routes/chat/json_object.h"

namespace fanfare::chat {

// A session and the name that it has in a room; as JSON too, which is made once and not for each
// message.
struct Author {
  Author() = default;
  Author(std::string its_session, std::string its_name)
      : session(std::move(its_session)),
        name(std::move(its_name)),
        json(JsonObject().Text("session", session).Text("name", name).Take()) {}

  std::string session;
  std::string name;
  // {"session": …, "name": …}
  std::string json;
};

}  // namespace fanfare::chat
