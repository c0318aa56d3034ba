// Reads and writes `routes[].auth` of the configuration.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/auth/jwt_settings.h"
#include "core/options.h"

namespace fanfare {

// Reads the value of `auth`: nothing where it is null or "none". `path` is its JSON path. The error
// names what is wrong. Keys are not read yet; see ReadKeys.
absl::StatusOr<std::optional<JwtSettings>> ReadAuth(const nlohmann::json& value,
                                                    const std::string& path);

// The members of `auth.jwt` that these would be read from, with what each is for; those that are
// not there by default only if they are.
std::vector<OptionText> DescribeJwt(const JwtSettings& settings);

}  // namespace fanfare
