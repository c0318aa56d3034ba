#include "routes/chat/protocol.h"

#include <algorithm>

namespace fanfare::chat {
namespace {

bool IsRoomCharacter(char c) {
  constexpr std::string_view kMarks = "._~:@-";
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
         kMarks.find(c) != std::string_view::npos;
}

// C0, DEL and C1 (U+0080 to U+009F, which is C2 80 to C2 9F).
bool HasControlCharacter(std::string_view text) {
  unsigned char before = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F || (before == 0xC2 && byte < 0xA0)) return true;
    before = byte;
  }
  return false;
}

}  // namespace

std::string_view NameOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kBadJson:
      return "bad_json";
    case ErrorCode::kTooDeep:
      return "too_deep";
    case ErrorCode::kTooLarge:
      return "too_large";
    case ErrorCode::kUnknownType:
      return "unknown_type";
    case ErrorCode::kBadFrame:
      return "bad_frame";
    case ErrorCode::kBadRoom:
      return "bad_room";
    case ErrorCode::kBadName:
      return "bad_name";
    case ErrorCode::kNotJoined:
      return "not_joined";
    case ErrorCode::kAlreadyJoined:
      return "already_joined";
    case ErrorCode::kTooManyRooms:
      return "too_many_rooms";
    case ErrorCode::kNoSuchMessage:
      return "no_such_message";
    case ErrorCode::kNotYours:
      return "not_yours";
    case ErrorCode::kNoSuchMember:
      return "no_such_member";
    case ErrorCode::kAmbiguousName:
      return "ambiguous_name";
    case ErrorCode::kCannotResume:
      return "cannot_resume";
    case ErrorCode::kForbidden:
      return "forbidden";
    case ErrorCode::kUnauthorized:
      return "unauthorized";
    case ErrorCode::kTooFast:
      return "too_fast";
  }
  return "bad_frame";
}

bool IsRoomName(std::string_view text) {
  return !text.empty() && text.size() <= kMaxRoomNameBytes &&
         std::ranges::all_of(text, IsRoomCharacter);
}

bool IsDisplayName(std::string_view text) {
  const bool is_blank = text.find_first_not_of(' ') == std::string_view::npos;
  return !is_blank && CountCharacters(text) <= kMaxNameCharacters && !HasControlCharacter(text);
}

bool IsReactionKey(std::string_view text) {
  return !text.empty() && text.size() <= kMaxReactionBytes && !HasControlCharacter(text);
}

std::size_t CountCharacters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace fanfare::chat
