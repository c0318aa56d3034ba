// Who a client is, as its token says.
#pragma once

#include <chrono>
#include <string>

#include "core/auth/permissions.h"

namespace fanfare {

// What a verified token told; see SECURITY.md. A route finds it in Request::identity and
// Session::identity, and null there where its entry of the configuration asks for no token.
//
// Thread: any. Immutable.
struct Identity {
  // Claim `sub`: 1 to 256 bytes of UTF-8 without control characters. Who has it is one user,
  // whatever else differs.
  std::string user;
  // Claim `name`, for people to read; empty if there is none. Any UTF-8.
  std::string name = {};
  // When the token is not taken any more: claim `exp` and the leeway.
  std::chrono::system_clock::time_point expires_at = {};
  // Which rooms, or whatever a route has in place of rooms.
  Permissions permissions = {};
};

}  // namespace fanfare
