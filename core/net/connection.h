// A WebSocket connection.
#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <string>

#include "core/net/net.h"
#include "core/net/transport.h"
#include "core/request.h"
#include "core/route.h"
#include "core/shard.h"

namespace fanfare {

// What an HTTP session leaves to the WebSocket session that it becomes.
struct Handover {
  TransportParts transport;
  // Bytes that were read beyond the request.
  std::string read_before;
  beast::http::request<beast::http::string_body> handshake;
  Request request;
  // See Dispatch::subprotocol.
  std::string subprotocol;
};

// Answers the opening handshake and runs the session, which owns itself until it
// ends. Thread: the shard's.
void StartConnection(Handover handover, Route& route, Shard& shard);

}  // namespace fanfare
