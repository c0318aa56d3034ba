#include "routes/chat/requests.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/utf8.h"
#include "routes/chat/members.h"

namespace fanfare::chat {
namespace {

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

What DecodeRenew(Members& members) {
  return Renew{.token = members.Text("token")};
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
    Type{"renew", DecodeRenew},
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
