// The server's answer to a WebSocket handshake.
#pragma once

#include <string>
#include <string_view>

namespace fanfare::bench {

// The Sec-WebSocket-Accept value that answers a client's Sec-WebSocket-Key (RFC 6455, 4.2.2):
// base64 of the SHA-1 of the key and a fixed GUID.
//
// Written out here, because the floor should need nothing but a compiler: SHA-1 is in no standard
// header, and Boost's is in namespaces named "detail", which differ between its versions. It runs
// once per handshake, so it is written to be read, not to be fast.
std::string AcceptKey(std::string_view key);

}  // namespace fanfare::bench
