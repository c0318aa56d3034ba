#include "routes/chat/requests.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/numbers.h"
#include "core/utf8.h"
#include "routes/chat/json_object.h"
#include "routes/chat/json_reader.h"

namespace fanfare::chat {
namespace {

using Kind = JsonValue::Kind;

// All members that any frame has, or an object in it.
constexpr auto kMemberNames = std::to_array<std::string_view>(
    {"type", "id", "room", "text", "data", "name", "target", "key", "on", "to", "before", "limit",
     "after", "history", "recover", "session", "token", "epoch", "offset"});

std::string Quoted(std::string_view name) {
  return '"' + std::string(name) + '"';
}

// Reads the members of an object. A member that is missing or wrong is noted as the error, if it is
// the first, and read as a default.
class Members {
 public:
  // Finds the members in an object's text; others than kMemberNames are passed over. If the text is
  // none, there are no members, and the error is why.
  static Members Of(std::string_view text) {
    Members members;
    members.error_ = ReadJsonObject(
        text, {.nesting = kMaxNesting, .any_numbers = "data"},
        [&](std::string_view name, JsonValue value) { members.Add(name, std::move(value)); });
    members.is_object_ = !members.error_;
    if (!members.is_object_) {
      members.count_ = 0;
    } else if (!members.repeated_.empty()) {
      members.Fail(ErrorCode::kBadFrame, Quoted(members.repeated_) + " is there twice");
    }
    return members;
  }

  bool is_object() const { return is_object_; }
  const std::optional<Error>& error() const { return error_; }
  bool Has(std::string_view name) const { return Find(name) != nullptr; }

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
    const JsonValue* value = Find(name);
    if (value == nullptr) return fallback;
    if (value->kind != Kind::kFlag) FailType(name, "true or false");
    return value->text == "true";
  }

  // A member that is an object; null if it is not.
  const JsonValue* Object(std::string_view name) {
    const JsonValue* value = Find(name);
    if (value != nullptr && value->kind == Kind::kObject) return value;
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
      Fail(ErrorCode::kBadName,
           "a name is 1 to 64 characters, without control characters, not spaces alone");
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
    const JsonValue* data = Find("data");
    Content content{.text = MessageText("text", data != nullptr)};
    if (data == nullptr) return content;
    content.data = data->kind == Kind::kString ? JsonString(data->text) : data->text;
    if (content.data.size() > kMaxDataBytes) {
      Fail(ErrorCode::kTooLarge, "\"data\" is over 16384 bytes");
    }
    return content;
  }

  std::uint64_t Target() { return Number("target", 1, kMaxOffset); }

 private:
  struct Member {
    std::string_view name;
    JsonValue value;
  };

  Members() = default;

  void Add(std::string_view name, JsonValue value) {
    const auto* const known = std::ranges::find(kMemberNames, name);
    if (known == kMemberNames.end()) return;
    if (Has(name)) {
      repeated_ = *known;
    } else {
      members_[count_++] = {.name = *known, .value = std::move(value)};
    }
  }

  const JsonValue* Find(std::string_view name) const {
    for (std::size_t i = 0; i < count_; ++i) {
      if (members_[i].name == name) return &members_[i].value;
    }
    return nullptr;
  }

  void FailType(std::string_view name, const std::string& expected) {
    Fail(ErrorCode::kBadFrame,
         Quoted(name) + (Has(name) ? " must be " : " is missing; it is ") + expected);
  }

  std::string TextOr(std::string_view name, const std::string_view* fallback) {
    const JsonValue* value = Find(name);
    if (value == nullptr && fallback != nullptr) return std::string(*fallback);
    if (value != nullptr && value->kind == Kind::kString) return value->text;
    FailType(name, "a string");
    return "";
  }

  // Digits alone: neither 1.0 nor 1e3 nor -0.
  std::uint64_t NumberOr(std::string_view name, std::uint64_t least, std::uint64_t most,
                         const std::uint64_t* fallback) {
    const JsonValue* value = Find(name);
    if (value == nullptr && fallback != nullptr) return *fallback;
    if (value != nullptr && value->kind == Kind::kNumber) {
      std::uint64_t number = 0;
      if (absl::SimpleAtoi(absl::string_view(value->text.data(), value->text.size()), &number) &&
          number >= least && number <= most) {
        return number;
      }
    }
    FailType(name, "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return least;
  }

  // In their order; each name once.
  std::array<Member, kMemberNames.size()> members_;
  std::size_t count_ = 0;
  // One of those that were there again.
  std::string_view repeated_ = {};
  bool is_object_ = false;
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
  const JsonValue* recover = members.Object("recover");
  if (recover == nullptr) return join;
  Members inner = Members::Of(recover->text);
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
  if (!IsReactionKey(react.key)) {
    members.Fail(ErrorCode::kBadFrame,
                 "\"key\" must be a string of 1 to 32 bytes without control characters");
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
  const JsonValue* to = members.Object("to");
  if (to == nullptr) return direct;
  Members inner = Members::Of(to->text);
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

// The id of a request, which must be right if it is there.
std::string DecodeId(Members& members) {
  if (!members.Has("id")) return "";
  std::string id = members.Text("id");
  if (!id.empty() && CountCharacters(id) <= kMaxIdCharacters) return id;
  members.Fail(ErrorCode::kBadFrame, "\"id\" must be a string of 1 to 64 characters");
  return "";
}

// What an error says about the room: nothing that could not be a room's name.
std::string RoomOf(Members& members) {
  std::string room = members.Text("room", "");
  return room.size() <= kMaxRoomNameBytes ? room : "";
}

}  // namespace

std::variant<ChatRequest, BadRequest> DecodeRequest(std::string_view frame) {
  Members members = Members::Of(frame);
  if (!members.is_object()) return BadRequest{.error = *members.error()};

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
  return BadRequest{
      .error = *members.error(), .id = std::move(request.id), .room = RoomOf(members)};
}

OrError<Post> DecodePost(std::string_view body) {
  if (!IsUtf8(body)) {
    return Error{.code = ErrorCode::kBadJson, .message = "line 1, column 1: not UTF-8"};
  }
  Members members = Members::Of(body);
  Post post{.content = members.MessageContent(), .name = members.Name()};
  if (members.error()) return *members.error();
  return post;
}

}  // namespace fanfare::chat
