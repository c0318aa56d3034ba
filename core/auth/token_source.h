// Where a request shows its token.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "core/request.h"

namespace fanfare {

// A token that a request shows. The views are the request's.
struct ShownToken {
  std::string_view token;
  // It is in a cookie alone: which browsers send by themselves, whoever's page asks.
  bool is_from_cookie = false;
  // The subprotocol that it is the rest of; empty if it is in none.
  std::string_view subprotocol = {};
};

// Finds the token of a request, in any of these places:
//
// - `Authorization: Bearer TOKEN` (RFC 6750 section 2.1);
// - `Sec-WebSocket-Protocol: …, bearer.TOKEN`, for pages, which can set no other header of a
//   handshake;
// - the cookie of this name, unless the name is empty.
//
// kNotFound if there is none; kInvalidArgument if there are several that differ, for then it can
// not be told which is meant. What it finds may be no token at all.
absl::StatusOr<ShownToken> FindToken(const Request& request, std::string_view cookie);

}  // namespace fanfare
