// A client's side of the WebSocket handshake, as text.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace fanfare::bench {

// The request for `path`, without extensions, and for a subprotocol if one is named. All clients
// send the same key: keys should be random to defeat caches, and there is none on the way here.
std::string HandshakeRequest(std::string_view path, std::string_view host,
                             std::string_view subprotocol = "");

// Takes the server's answer off the front of `received`; what is left is the start of its frames.
// False while the answer is not complete; an error, with the status line, if the server refuses.
absl::StatusOr<bool> TakeHandshakeAnswer(std::string& received);

}  // namespace fanfare::bench
