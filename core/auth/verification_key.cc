#include "core/auth/verification_key.h"

#include <jansson.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <cstdarg>
#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/tls/openssl_ptr.h"

// Headers of C, which do not say so.
extern "C" {
#include <jose/b64.h>
#include <jose/cfg.h>
#include <jose/jws.h>
#include <jose/openssl.h>
}

namespace fanfare {
namespace {

constexpr std::size_t kLeastSecretBytes = 32;
// As many as libjose takes.
constexpr std::size_t kMostSecretBytes = 1024;
// RFC 7518 section 3.3; and what can still be verified in little time.
constexpr int kLeastRsaBits = 2048;
constexpr int kMostRsaBits = 8192;

struct JsonFree {
  void operator()(json_t* json) const { json_decref(json); }
};
using Json = std::unique_ptr<json_t, JsonFree>;

using Config = std::unique_ptr<jose_cfg_t, FreeWith<jose_cfg_decref>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, FreeWith<EVP_PKEY_CTX_free>>;

// The library would write to stderr what it does not like.
Config QuietConfig() {
  Config config(jose_cfg());
  const auto ignore = [](void*, const char*, int, std::uint64_t, const char*, std::va_list) {};
  if (config != nullptr) jose_cfg_set_err_func(config.get(), ignore, nullptr);
  return config;
}

// False when there is no memory for it.
bool Set(json_t* object, const char* name, std::string_view text) {
  return json_object_set_new(object, name, json_stringn(text.data(), text.size())) == 0;
}

// What is wrong with a public key; empty if nothing is.
std::string ProblemOf(Algorithm algorithm, EVP_PKEY* key) {
  const bool is_rsa = EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA;
  if (algorithm == Algorithm::kRs256) {
    if (!is_rsa) return "RS256 needs an RSA key";
    const int bits = EVP_PKEY_get_bits(key);
    if (bits < kLeastRsaBits || bits > kMostRsaBits) {
      return absl::StrCat("expected an RSA key of ", kLeastRsaBits, " to ", kMostRsaBits,
                          " bits, got ", bits);
    }
  } else {
    char group[16] = {};
    if (EVP_PKEY_get_base_id(key) != EVP_PKEY_EC ||
        EVP_PKEY_get_group_name(key, group, sizeof group, nullptr) != 1 ||
        std::string_view(group) != SN_X9_62_prime256v1) {
      return "ES256 needs a key of the curve P-256";
    }
  }
  const KeyContext context(EVP_PKEY_CTX_new(key, nullptr));
  if (context == nullptr || EVP_PKEY_public_check(context.get()) != 1) return "not a valid key";
  return "";
}

// An object of type `kty` for this algorithm.
Json MakeJwk(Algorithm algorithm, const char* kty) {
  Json jwk(json_object());
  if (jwk == nullptr || !Set(jwk.get(), "kty", kty) || !Set(jwk.get(), "alg", NameOf(algorithm))) {
    return nullptr;
  }
  return jwk;
}

absl::Status NoMemory() {
  return absl::ResourceExhaustedError("no memory for a key");
}

}  // namespace

VerificationKey::VerificationKey(Algorithm algorithm, Jwk jwk)
    : algorithm_(algorithm), jwk_(std::move(jwk)) {}

absl::StatusOr<VerificationKey> VerificationKey::FromSecret(std::string_view secret) {
  if (secret.size() < kLeastSecretBytes || secret.size() > kMostSecretBytes) {
    return absl::InvalidArgumentError(absl::StrCat("expected a secret of ", kLeastSecretBytes,
                                                   " to ", kMostSecretBytes, " bytes, got ",
                                                   secret.size()));
  }
  Json jwk = MakeJwk(Algorithm::kHs256, "oct");
  if (jwk == nullptr ||
      json_object_set_new(jwk.get(), "k", jose_b64_enc(secret.data(), secret.size())) != 0) {
    return NoMemory();
  }
  return VerificationKey(Algorithm::kHs256, Jwk(jwk.release(), JsonFree()));
}

absl::StatusOr<std::vector<VerificationKey>> VerificationKey::FromPem(Algorithm algorithm,
                                                                      const std::string& pem) {
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  std::vector<VerificationKey> keys;
  while (bio != nullptr) {
    const KeyPtr key(PEM_read_bio_PUBKEY(bio.get(), nullptr, NoPassword, nullptr));
    if (key == nullptr) break;
    if (const std::string problem = ProblemOf(algorithm, key.get()); !problem.empty()) {
      return absl::InvalidArgumentError(problem);
    }
    const Config config = QuietConfig();
    Jwk jwk(jose_openssl_jwk_from_EVP_PKEY(config.get(), key.get()), JsonFree());
    if (jwk == nullptr || !Set(jwk.get(), "alg", NameOf(algorithm))) return NoMemory();
    keys.push_back(VerificationKey(algorithm, std::move(jwk)));
  }
  // Its end is one, to the library.
  ERR_clear_error();
  if (keys.empty()) {
    return absl::InvalidArgumentError("expected a public key in PEM (-----BEGIN PUBLIC KEY-----)");
  }
  return keys;
}

absl::StatusOr<VerificationKey> VerificationKey::FromRsa(std::string_view n, std::string_view e) {
  Json jwk = MakeJwk(Algorithm::kRs256, "RSA");
  if (jwk == nullptr || !Set(jwk.get(), "n", n) || !Set(jwk.get(), "e", e)) return NoMemory();
  return Checked(Algorithm::kRs256, Jwk(jwk.release(), JsonFree()));
}

absl::StatusOr<VerificationKey> VerificationKey::FromP256(std::string_view x, std::string_view y) {
  Json jwk = MakeJwk(Algorithm::kEs256, "EC");
  if (jwk == nullptr || !Set(jwk.get(), "crv", "P-256") || !Set(jwk.get(), "x", x) ||
      !Set(jwk.get(), "y", y)) {
    return NoMemory();
  }
  return Checked(Algorithm::kEs256, Jwk(jwk.release(), JsonFree()));
}

absl::StatusOr<VerificationKey> VerificationKey::Checked(Algorithm algorithm, Jwk jwk) {
  const Config config = QuietConfig();
  const KeyPtr key(jose_openssl_jwk_to_EVP_PKEY(config.get(), jwk.get()));
  const std::string problem = key == nullptr ? "not a valid key" : ProblemOf(algorithm, key.get());
  ERR_clear_error();
  if (!problem.empty()) return absl::InvalidArgumentError(problem);
  return VerificationKey(algorithm, std::move(jwk));
}

bool VerificationKey::Verify(const TokenParts& token) const {
  const Config config = QuietConfig();
  const Json jws(json_object());
  if (config == nullptr || jws == nullptr || !Set(jws.get(), "protected", token.header) ||
      !Set(jws.get(), "payload", token.payload) || !Set(jws.get(), "signature", token.signature)) {
    return false;
  }
  const bool is_right = jose_jws_ver(config.get(), jws.get(), nullptr, jwk_.get(), false);
  ERR_clear_error();
  return is_right;
}

}  // namespace fanfare
