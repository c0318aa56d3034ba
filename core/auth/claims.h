// What a token's claims say, and whether they hold.
#pragma once

#include <chrono>
#include <nlohmann/json_fwd.hpp>

#include "absl/status/statusor.h"
#include "core/auth/identity.h"
#include "core/auth/jwt_settings.h"

namespace fanfare {

// Reads the claims of a token whose signature was right (RFC 7519 section 4.1):
//
// - `exp` must be there, and in the future; `nbf`, if it is there, in the past;
// - `iss` must be the configured issuer, if there is one;
// - `aud` must be the configured audience or have it among others; where none is configured, a
//   token with an `aud` is for somebody else;
// - `sub` must be there: it is the user;
// - the claim of the permissions is an array of patterns, for all of join, publish and list, or an
//   object with an array for each; what is absent there is not allowed. Without the claim all is
//   allowed, unless it is required.
//
// A claim of the wrong type is an error, never ignored. Errors repeat nothing of the token.
absl::StatusOr<Identity> ReadClaims(const nlohmann::json& claims, const JwtSettings& settings,
                                    std::chrono::system_clock::time_point now);

}  // namespace fanfare
