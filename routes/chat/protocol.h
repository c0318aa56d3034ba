// What PROTOCOL.md says in numbers and names.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "core/close_code.h"

namespace fanfare::chat {

inline constexpr std::string_view kSubprotocol = "fanfare.chat.v1";

inline constexpr std::size_t kMaxNesting = 16;
inline constexpr std::size_t kMaxTextBytes = 16 * 1024;
inline constexpr std::size_t kMaxDataBytes = 16 * 1024;
inline constexpr std::size_t kMaxNameCharacters = 64;
inline constexpr std::size_t kMaxIdCharacters = 64;
inline constexpr std::size_t kMaxRoomNameBytes = 128;
inline constexpr std::size_t kMaxRoomsOfSession = 16;
inline constexpr std::size_t kMaxReactionBytes = 32;
// Of events and of members.
inline constexpr std::size_t kMaxPage = 100;
inline constexpr std::size_t kMaxPageBytes = 256 * 1024;
// What JavaScript can count to.
inline constexpr std::uint64_t kMaxOffset = (std::uint64_t{1} << 53) - 1;
// How many of a session's publishes are remembered.
inline constexpr std::size_t kRememberedPublishes = 256;

inline constexpr std::chrono::seconds kTypingExpires{5};
inline constexpr std::chrono::seconds kTypingPause{2};

// The name of whoever gave none, and the room of a path that names none.
inline constexpr std::string_view kGuest = "guest";
inline constexpr std::string_view kLobby = "lobby";

// The connection's identity was resumed by another one.
inline constexpr CloseCode kTakenOver{4001};

enum class ErrorCode {
  kBadJson,
  kTooDeep,
  kTooLarge,
  kUnknownType,
  kBadFrame,
  kBadRoom,
  kBadName,
  kNotJoined,
  kAlreadyJoined,
  kTooManyRooms,
  kNoSuchMessage,
  kNotYours,
  kNoSuchMember,
  kAmbiguousName,
  kCannotResume,
  kForbidden,
  kUnauthorized,
  kTooFast,
};

// As it is sent: "bad_json".
std::string_view NameOf(ErrorCode code);

// Why something was not done: for the program, and for its programmer.
struct Error {
  ErrorCode code;
  std::string message;
};

template <typename T>
using OrError = std::variant<T, Error>;

// Whether text, which is UTF-8, may be the name of a room, or of who is in it, or the key of a
// reaction.
bool IsRoomName(std::string_view text);
bool IsDisplayName(std::string_view text);
bool IsReactionKey(std::string_view text);
// The number of code points of UTF-8.
std::size_t CountCharacters(std::string_view text);

}  // namespace fanfare::chat
