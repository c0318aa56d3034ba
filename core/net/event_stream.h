// A plain HTTP answer that does not end: text/event-stream.
#pragma once

#include <string>

#include "core/net/transport.h"
#include "core/request.h"
#include "core/shard.h"

namespace fanfare {

// What an HTTP session leaves to the stream that it becomes.
struct StreamHandover {
  TransportParts transport;
  Request request;
  // Status line and headers.
  std::string head;
  Response::OpenStream open;
};

// Sends the head and then what the session that is opened sends (WHATWG HTML, "Server-sent
// events"). To keep it alive, a comment is sent for each half of limits.idle_seconds; a peer that
// acknowledges nothing for all of it is gone. Closing the session ends the connection.
//
// Thread: the shard's.
void StartEventStream(StreamHandover handover, Shard& shard);

}  // namespace fanfare
