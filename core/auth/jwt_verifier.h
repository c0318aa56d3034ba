// Verifies tokens.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/auth/identity.h"
#include "core/auth/jwt_settings.h"
#include "core/auth/verification_key.h"

namespace fanfare {

// A key and the name (`kid`) by which tokens call it; without one, it is tried for all of them.
struct NamedKey {
  std::string id = {};
  VerificationKey key;
};

// Verifies JSON Web Tokens (RFC 7519) with the keys and rules of one route. The algorithm is the
// configured one; a token that names another is refused before any key is looked at.
//
// Thread: any. Immutable. Never throws, whatever a token is.
class JwtVerifier {
 public:
  // As many keys as a token without a `kid` has tried for it.
  static constexpr std::size_t kMaxKeys = 16;

  // REQUIRES: the keys are of the algorithm of `settings`, and kMaxKeys at most.
  JwtVerifier(JwtSettings settings, std::vector<NamedKey> keys);

  // The error is for who sent the token: it says what is wrong and repeats nothing of it. What the
  // claims are is told only of a token whose signature is right.
  absl::StatusOr<Identity> Verify(
      std::string_view text,
      std::chrono::system_clock::time_point now = std::chrono::system_clock::now()) const;

 private:
  const JwtSettings settings_;
  const std::vector<NamedKey> keys_;
};

}  // namespace fanfare
