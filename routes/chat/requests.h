// What a client asks for: the frames of PROTOCOL.md from client to server, decoded.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "routes/chat/protocol.h"

namespace fanfare::chat {

// A message's content.
struct Content {
  std::string text;
  // JSON; empty if there is none.
  std::string data = {};
};

struct Resume {
  std::string session;
  std::string token;
};
struct Ping {};
struct Join {
  struct Recover {
    std::string epoch;
    std::uint64_t offset = 0;
  };

  std::string room;
  std::string name = std::string(kGuest);
  std::size_t history = 0;
  std::optional<Recover> recover = {};
};
struct Leave {
  std::string room;
};
struct Publish {
  std::string room;
  Content content;
};
struct Edit {
  std::string room;
  std::uint64_t target = 0;
  Content content;
};
struct Delete {
  std::string room;
  std::uint64_t target = 0;
};
struct React {
  std::string room;
  std::uint64_t target = 0;
  std::string key;
  bool on = true;
};
struct ReadEvents {
  std::string room;
  // Not this one, but those before it.
  std::uint64_t before = kMaxOffset;
  std::size_t limit = 50;
};
struct ReadMembers {
  std::string room;
  // Not this one, but those after it.
  std::string after;
  std::size_t limit = kMaxPage;
};
struct Typing {
  std::string room;
  bool on = true;
};
struct Direct {
  // To a session; if it is empty, to whoever has the name in the room.
  std::string session;
  std::string name;
  std::string room;
  std::string text;
};

struct Renew {
  std::string token;
};

struct ChatRequest {
  // Empty if the client gave none.
  std::string id;
  std::variant<Resume, Ping, Join, Leave, Publish, Edit, Delete, React, ReadEvents, ReadMembers,
               Typing, Direct, Renew>
      what;
};

// A frame that is no request, and what of it an error repeats.
struct BadRequest {
  Error error;
  std::string id = {};
  std::string room = {};
};

// Decodes a frame, which is UTF-8. Never throws, whatever the frame is, and its stack does not
// depend on the frame.
std::variant<ChatRequest, BadRequest> DecodeRequest(std::string_view frame);

// Decodes what the HTTP interface takes in a body, whatever bytes that is: `text`, `data` and
// `name`.
struct Post {
  Content content;
  std::string name;
};
OrError<Post> DecodePost(std::string_view body);

}  // namespace fanfare::chat
