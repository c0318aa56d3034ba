// The keys of a route, from the file that its settings name.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "core/auth/jwt_settings.h"
#include "core/auth/jwt_verifier.h"

namespace fanfare {

// Reads `key_file` or `jwks_file`, which may be 1 MiB. Of HS256, a key file is the secret itself,
// but for one line break at its end. The log warns of a secret that other users of this machine may
// read. The error names the setting's JSON path and the file, and shows nothing of a key.
absl::StatusOr<std::vector<NamedKey>> ReadKeys(const JwtSettings& settings);

}  // namespace fanfare
