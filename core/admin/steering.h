// What operators do to sessions, and to the log.
#pragma once

#include "core/request.h"
#include "core/server.h"

namespace fanfare {

// Each says in the log who asked for it and what was done.

// POST /sessions/{id}/close with {"code": 1000, "reason": "…"}; both may be absent.
Response CloseSession(const Server& server, const Request& request);
// POST /sessions/{id}/message with {"text": "…"}: one text message, or one event of an event
// stream.
Response MessageSession(const Server& server, const Request& request);

// GET and PUT /log_level: {"level": "info"}.
Response AnswerLogLevel(const Request& request);

}  // namespace fanfare
