// A connection before it becomes a WebSocket, or that never does.
#pragma once

#include "core/net/net.h"
#include "core/shard.h"

namespace fanfare {

// Reads HTTP requests from a new connection and answers them (core/dispatch.h), until one asks for
// a WebSocket that a route serves: then the connection becomes a session (core/net/connection.h).
// Its report (Shard::Member) has the peer, since when it waits for a request or answers one, and
// whether it was cut. Thread: the shard's.
void StartHttpSession(Socket socket, bool is_tls, OpenConnections::Permit permit, Shard& shard);

}  // namespace fanfare
