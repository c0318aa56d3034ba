// A JSON Web Token, taken apart.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "core/auth/verification_key.h"

namespace fanfare {

// More than tokens have in practice, and than fits into headers by default (limits.header_bytes).
inline constexpr std::size_t kMaxTokenBytes = 8 * 1024;

// What a token says of itself. Nothing of it is to be believed before its signature is verified.
struct Token {
  // Views of the token's text.
  TokenParts parts;
  // Of the header: `alg`, and `kid` if there is one.
  std::string algorithm;
  std::string key_id;
};

// Takes a token in the compact form apart (RFC 7515 section 7.1). Refused are: what is too long or
// not three parts of base64url; a header that is no JSON object, has a member twice, no `alg`, or a
// `crit`, for no extension is known here (section 4.1.11). Errors repeat nothing of the token.
//
// Never throws, whatever the text is.
absl::StatusOr<Token> ParseToken(std::string_view text);

// The claims, which must be a JSON object without a member that is there twice.
absl::StatusOr<nlohmann::json> ParseClaims(const Token& token);

}  // namespace fanfare
