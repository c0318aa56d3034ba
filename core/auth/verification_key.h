// A key that tells whether a signature is right.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/auth/algorithm.h"

// Of libjansson, in which libjose has its keys.
struct json_t;  // NOLINT(readability-identifier-naming)

namespace fanfare {

// The three parts of a token, in base64url without padding (RFC 7515 section 3.1).
struct TokenParts {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
};

// A key of one algorithm, and of no other: the algorithm is the key's, and a token that names
// another is refused, whatever it is signed with (RFC 8725 section 3.1). Keys and signatures are
// libjose's (https://github.com/latchset/jose), and its are OpenSSL's.
//
// Thread: any. Immutable. What it holds is in no error and in no log.
class VerificationKey {
 public:
  // Of HS256: 32 bytes at least (RFC 7518 section 3.2), 1,024 at most.
  static absl::StatusOr<VerificationKey> FromSecret(std::string_view secret);
  // Of RS256 (2,048 bits at least) or ES256: public keys in PEM ("BEGIN PUBLIC KEY"), one or more.
  static absl::StatusOr<std::vector<VerificationKey>> FromPem(Algorithm algorithm,
                                                              const std::string& pem);
  // Their numbers in base64url, as in a JSON Web Key (RFC 7518 section 6).
  static absl::StatusOr<VerificationKey> FromRsa(std::string_view n, std::string_view e);
  static absl::StatusOr<VerificationKey> FromP256(std::string_view x, std::string_view y);

  Algorithm algorithm() const { return algorithm_; }
  // REQUIRES: the parts are base64url, and the header is JSON of bounded depth.
  bool Verify(const TokenParts& token) const;

 private:
  using Jwk = std::shared_ptr<json_t>;

  VerificationKey(Algorithm algorithm, Jwk jwk);
  // The same after a check that it is one, and strong enough.
  static absl::StatusOr<VerificationKey> Checked(Algorithm algorithm, Jwk jwk);

  Algorithm algorithm_;
  // A JSON Web Key with its algorithm, which nobody changes.
  Jwk jwk_;
};

}  // namespace fanfare
