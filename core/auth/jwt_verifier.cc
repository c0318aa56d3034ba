#include "core/auth/jwt_verifier.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/auth/claims.h"
#include "core/auth/token.h"
#include "core/check.h"
#include "core/compat.h"

namespace fanfare {

JwtVerifier::JwtVerifier(JwtSettings settings, std::vector<NamedKey> keys)
    : settings_(std::move(settings)), keys_(std::move(keys)) {
  const bool are_right = std::ranges::all_of(
      keys_, [this](const NamedKey& each) { return each.key.algorithm() == settings_.algorithm; });
  FANFARE_CHECK(are_right, "all keys are of the configured algorithm");
  FANFARE_CHECK(keys_.size() <= kMaxKeys, "there are not too many keys");
}

absl::StatusOr<Identity> JwtVerifier::Verify(std::string_view text,
                                             std::chrono::system_clock::time_point now) const {
  const absl::StatusOr<Token> token = ParseToken(text);
  if (!token.ok()) return token.status();
  const std::string_view algorithm = NameOf(settings_.algorithm);
  if (token->algorithm != algorithm) {
    return absl::UnauthenticatedError(
        absl::StrCat("the token is not signed with ", ToAbsl(algorithm)));
  }
  const bool is_signed = std::ranges::any_of(keys_, [&](const NamedKey& each) {
    const bool may_be_it = each.id.empty() || token->key_id.empty() || each.id == token->key_id;
    return may_be_it && each.key.Verify(token->parts);
  });
  if (!is_signed) return absl::UnauthenticatedError("the token is not signed with a key of ours");
  const absl::StatusOr<nlohmann::json> claims = ParseClaims(*token);
  if (!claims.ok()) return claims.status();
  return ReadClaims(*claims, settings_, now);
}

}  // namespace fanfare
