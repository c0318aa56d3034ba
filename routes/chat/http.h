// What the HTTP side of the route has in common.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/request.h"
#include "routes/chat/protocol.h"

namespace fanfare::chat {

// An answer of one JSON object; see HTTP.md.
Response JsonAnswer(int status, std::string object);
// {"error": {"code": …, "message": …}}
Response ErrorAnswer(int status, std::string_view code, std::string_view message);
// The same for an error of the protocol, with the status that fits it.
Response ErrorAnswer(const Error& error);

// There are as many rooms as there may be, and somebody is in each.
Response TooManyRooms();

// A number of the query; the fallback, if it is absent or empty.
OrError<std::uint64_t> NumberOf(const Request& request, std::string_view name, std::uint64_t least,
                                std::uint64_t most, std::uint64_t fallback);

// The name of the room that the path tells.
OrError<std::string> RoomOf(const Request& request);

}  // namespace fanfare::chat
