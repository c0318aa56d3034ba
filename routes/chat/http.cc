#include "routes/chat/http.h"

#include <utility>

#include "routes/chat/json_object.h"

namespace fanfare::chat {
namespace {

int StatusOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kTooLarge:
      return 413;
    case ErrorCode::kTooManyRooms:
      return 503;
    case ErrorCode::kForbidden:
      return 403;
    default:
      return 400;
  }
}

}  // namespace

Response JsonAnswer(int status, std::string object) {
  return {.status = status,
          .content_type = "application/json",
          .body = std::move(object) + "\n",
          .headers = {{"Cache-Control", "no-store"}}};
}

Response ErrorAnswer(int status, std::string_view code, std::string_view message) {
  const std::string error = JsonObject().Text("code", code).Text("message", message).Take();
  return JsonAnswer(status, JsonObject().Json("error", error).Take());
}

Response ErrorAnswer(const Error& error) {
  return ErrorAnswer(StatusOf(error.code), NameOf(error.code), error.message);
}

Response TooManyRooms() {
  return ErrorAnswer(
      {.code = ErrorCode::kTooManyRooms, .message = "the server has as many as it may"});
}

OrError<std::uint64_t> NumberOf(const Request& request, std::string_view name, std::uint64_t least,
                                std::uint64_t most, std::uint64_t fallback) {
  if (const auto number = request.QueryNumber(name, least, most, fallback)) return *number;
  return Error{.code = ErrorCode::kBadFrame,
               .message = '"' + std::string(name) + "\" must be a whole number from " +
                          std::to_string(least) + " to " + std::to_string(most)};
}

OrError<std::string> RoomOf(const Request& request) {
  const std::string_view room = request.Param("room");
  if (IsRoomName(room)) return std::string(room);
  return Error{.code = ErrorCode::kBadRoom,
               .message = "a room's name is 1 to 128 characters of A-Z a-z 0-9 . _ ~ : @ -"};
}

}  // namespace fanfare::chat
