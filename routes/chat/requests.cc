#include "routes/chat/requests.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "routes/chat/json_object.h"

namespace fanfare::chat {
namespace {

using nlohmann::json;

std::string Quoted(std::string_view name) {
  return '"' + std::string(name) + '"';
}

// Reads the members of an object. A member that is missing or wrong is noted as the error, if it is
// the first, and read as a default.
class Members {
 public:
  explicit Members(const json& object) : object_(object) {}

  const std::optional<Error>& error() const { return error_; }
  bool Has(std::string_view name) const { return object_.contains(name); }

  void Fail(ErrorCode code, std::string message) {
    if (!error_) error_ = Error{.code = code, .message = std::move(message)};
  }

  std::string Text(std::string_view name) { return TextOr(name, nullptr); }
  std::string Text(std::string_view name, std::string_view fallback) {
    return TextOr(name, &fallback);
  }

  std::uint64_t Number(std::string_view name, std::uint64_t least, std::uint64_t most) {
    return NumberOr(name, least, most, nullptr);
  }
  std::uint64_t Number(std::string_view name, std::uint64_t least, std::uint64_t most,
                       std::uint64_t fallback) {
    return NumberOr(name, least, most, &fallback);
  }

  bool Flag(std::string_view name, bool fallback) {
    const json* value = Find(name);
    if (value == nullptr) return fallback;
    if (!value->is_boolean()) FailType(name, "true or false");
    return value->is_boolean() ? value->get<bool>() : fallback;
  }

  // A member that is an object; null if it is not.
  const json* Object(std::string_view name) {
    const json* value = Find(name);
    if (value != nullptr && value->is_object()) return value;
    FailType(name, "an object");
    return nullptr;
  }

  std::string Room() {
    std::string room = Text("room");
    if (!error_ && !IsRoomName(room)) {
      Fail(ErrorCode::kBadRoom, "a room's name is 1 to 128 characters of A-Z a-z 0-9 . _ ~ : @ -");
    }
    return room;
  }

  std::string Name() {
    std::string name = Text("name", kGuest);
    if (!error_ && !IsDisplayName(name)) {
      Fail(ErrorCode::kBadName, "a name is 1 to 64 characters without control characters");
    }
    return name;
  }

  std::string MessageText(std::string_view name, bool may_be_absent) {
    std::string text = may_be_absent ? Text(name, "") : Text(name);
    if (text.size() > kMaxTextBytes) {
      Fail(ErrorCode::kTooLarge, Quoted(name) + " is over 16384 bytes");
    }
    return text;
  }

  // `text` may be absent if there is `data`.
  Content MessageContent() {
    const json* data = Find("data");
    Content content{.text = MessageText("text", data != nullptr)};
    if (data == nullptr) return content;
    content.data = data->dump();
    if (content.data.size() > kMaxDataBytes) {
      Fail(ErrorCode::kTooLarge, "\"data\" is over 16384 bytes");
    }
    return content;
  }

  std::uint64_t Target() { return Number("target", 1, kMaxOffset); }

 private:
  const json* Find(std::string_view name) const {
    const auto found = object_.find(name);
    return found == object_.end() ? nullptr : &*found;
  }

  void FailType(std::string_view name, const std::string& expected) {
    Fail(ErrorCode::kBadFrame,
         Quoted(name) + (Has(name) ? " must be " : " is missing; it is ") + expected);
  }

  std::string TextOr(std::string_view name, const std::string_view* fallback) {
    const json* value = Find(name);
    if (value == nullptr && fallback != nullptr) return std::string(*fallback);
    if (value != nullptr && value->is_string()) return value->get<std::string>();
    FailType(name, "a string");
    return "";
  }

  std::uint64_t NumberOr(std::string_view name, std::uint64_t least, std::uint64_t most,
                         const std::uint64_t* fallback) {
    const json* value = Find(name);
    if (value == nullptr && fallback != nullptr) return *fallback;
    if (value != nullptr && value->is_number_unsigned()) {
      const auto number = value->get<std::uint64_t>();
      if (number >= least && number <= most) return number;
    }
    FailType(name, "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return least;
  }

  const json& object_;
  std::optional<Error> error_;
};

using What = decltype(ChatRequest::what);

What DecodeResume(Members& members) {
  return Resume{.session = members.Text("session"), .token = members.Text("token")};
}

What DecodePing(Members&) {
  return Ping{};
}

What DecodeJoin(Members& members) {
  Join join{.room = members.Room(),
            .name = members.Name(),
            .history = members.Number("history", 0, kMaxPage, 0)};
  if (!members.Has("recover")) return join;
  const json* recover = members.Object("recover");
  if (recover == nullptr) return join;
  Members inner(*recover);
  join.recover = {.epoch = inner.Text("epoch"), .offset = inner.Number("offset", 0, kMaxOffset)};
  if (inner.error()) members.Fail(inner.error()->code, "\"recover\": " + inner.error()->message);
  return join;
}

What DecodeLeave(Members& members) {
  return Leave{.room = members.Room()};
}

What DecodePublish(Members& members) {
  if (!members.Has("id")) members.Fail(ErrorCode::kBadFrame, "\"id\" is missing; it is a string");
  return Publish{.room = members.Room(), .content = members.MessageContent()};
}

What DecodeEdit(Members& members) {
  return Edit{
      .room = members.Room(), .target = members.Target(), .content = members.MessageContent()};
}

What DecodeDelete(Members& members) {
  return Delete{.room = members.Room(), .target = members.Target()};
}

What DecodeReact(Members& members) {
  React react{.room = members.Room(),
              .target = members.Target(),
              .key = members.Text("key"),
              .on = members.Flag("on", true)};
  if (react.key.empty() || react.key.size() > kMaxReactionBytes) {
    members.Fail(ErrorCode::kBadFrame, "\"key\" must be a string of 1 to 32 bytes");
  }
  return react;
}

What DecodeReadEvents(Members& members) {
  return ReadEvents{.room = members.Room(),
                    .before = members.Number("before", 1, kMaxOffset, kMaxOffset),
                    .limit = members.Number("limit", 1, kMaxPage, 50)};
}

What DecodeReadMembers(Members& members) {
  return ReadMembers{.room = members.Room(),
                     .after = members.Text("after", ""),
                     .limit = members.Number("limit", 1, kMaxPage, kMaxPage)};
}

What DecodeTyping(Members& members) {
  return Typing{.room = members.Room(), .on = members.Flag("on", true)};
}

What DecodeDirect(Members& members) {
  Direct direct{.session = {}, .name = {}, .room = {}, .text = members.MessageText("text", false)};
  const json* to = members.Object("to");
  if (to == nullptr) return direct;
  Members inner(*to);
  if (inner.Has("session")) {
    direct.session = inner.Text("session");
    if (direct.session.empty()) inner.Fail(ErrorCode::kBadFrame, "\"session\" is empty");
  } else {
    direct.name = inner.Text("name");
    direct.room = inner.Room();
  }
  if (inner.error()) members.Fail(inner.error()->code, "\"to\": " + inner.error()->message);
  return direct;
}

struct Type {
  std::string_view name;
  What (*decode)(Members& members);
};
constexpr std::array kTypes = {
    Type{"resume", DecodeResume},      Type{"ping", DecodePing},
    Type{"join", DecodeJoin},          Type{"leave", DecodeLeave},
    Type{"publish", DecodePublish},    Type{"edit", DecodeEdit},
    Type{"delete", DecodeDelete},      Type{"react", DecodeReact},
    Type{"history", DecodeReadEvents}, Type{"members", DecodeReadMembers},
    Type{"typing", DecodeTyping},      Type{"direct", DecodeDirect},
};

OrError<json> ParseObject(std::string_view text) {
  OrError<json> parsed = ParseJson(text, kMaxNesting);
  const json* value = std::get_if<json>(&parsed);
  if (value != nullptr && !value->is_object()) {
    return Error{.code = ErrorCode::kBadJson, .message = "line 1, column 1: not an object"};
  }
  return parsed;
}

// The id of a request, which must be right if it is there.
std::string DecodeId(Members& members) {
  if (!members.Has("id")) return "";
  std::string id = members.Text("id");
  if (!id.empty() && CountCharacters(id) <= kMaxIdCharacters) return id;
  members.Fail(ErrorCode::kBadFrame, "\"id\" must be a string of 1 to 64 characters");
  return "";
}

// What an error says about the room: nothing that could not be a room's name.
std::string RoomOf(const json& object) {
  const auto room = object.find("room");
  if (room == object.end() || !room->is_string()) return "";
  const auto& name = room->get_ref<const std::string&>();
  return name.size() <= kMaxRoomNameBytes ? name : "";
}

}  // namespace

std::variant<ChatRequest, BadRequest> DecodeRequest(std::string_view frame) {
  OrError<json> parsed = ParseObject(frame);
  if (auto* error = std::get_if<Error>(&parsed)) return BadRequest{.error = std::move(*error)};
  const json& object = std::get<json>(parsed);

  Members members(object);
  ChatRequest request{.id = DecodeId(members), .what = {}};
  const std::string type = members.Text("type");
  const auto* const found = std::ranges::find(kTypes, type, &Type::name);
  if (!members.error()) {
    if (found == kTypes.end()) {
      members.Fail(ErrorCode::kUnknownType, "no such type");
    } else {
      request.what = found->decode(members);
    }
  }
  if (!members.error()) return request;
  return BadRequest{.error = *members.error(), .id = std::move(request.id), .room = RoomOf(object)};
}

OrError<Post> DecodePost(std::string_view body) {
  OrError<json> parsed = ParseObject(body);
  if (auto* error = std::get_if<Error>(&parsed)) return std::move(*error);
  Members members(std::get<json>(parsed));
  Post post{.content = members.MessageContent(), .name = members.Name()};
  if (members.error()) return *members.error();
  return post;
}

}  // namespace fanfare::chat
