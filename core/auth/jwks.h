// The public keys of an issuer, as it publishes them.
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/auth/algorithm.h"
#include "core/auth/jwt_verifier.h"

namespace fanfare {

// Reads a JSON Web Key Set (RFC 7517 section 5): its keys for this algorithm, which are those of
// the right `kty` (RSA, EC with P-256, oct) that are not for anything else (`use`, `key_ops`,
// `alg`). Others are passed over, as the RFC has it; to have none is an error, and so is a key that
// is not right, a private one (but for oct), and more than JwtVerifier::kMaxKeys. Errors name the
// place
// (`keys[1].n`) and show no key.
absl::StatusOr<std::vector<NamedKey>> ParseJwks(std::string_view text, Algorithm algorithm);

}  // namespace fanfare
