// Who reads a room as an event stream.
#pragma once

#include "core/request.h"
#include "routes/chat/rooms.h"

namespace fanfare::chat {

// Answers a request for a room's events; see HTTP.md. The rooms must outlive the stream.
Response AnswerReader(Rooms& rooms, const Request& request);

}  // namespace fanfare::chat
