// Keys and tokens for tests. They are signed by OpenSSL alone, and so try the library that
// verifies.
#pragma once

#include <openssl/evp.h>

#include <chrono>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace fanfare::testing {

// A secret for HS256.
inline constexpr std::string_view kSecret = "a secret that is long enough: 32";

// Gives the signature of a text, as bytes.
using Signer = std::function<std::string(std::string_view text)>;

// HMAC with SHA-256.
Signer SignerOf(std::string secret);

// A key pair of RSA or P-256.
class KeyPair {
 public:
  static KeyPair Rsa(unsigned bits = 2048);
  static KeyPair P256();
  // Of a curve that ES256 is not of.
  static KeyPair P384();

  std::string PublicPem() const;
  std::string PrivatePem() const;
  // RFC 7517; without private members.
  nlohmann::json Jwk() const;
  // RS256 or ES256. Holds the key.
  Signer signer() const;

 private:
  explicit KeyPair(EVP_PKEY* key);

  std::shared_ptr<EVP_PKEY> key_;
};

std::string Base64Url(std::string_view bytes);

// A token in the compact form, of whatever text is given as header and payload.
std::string Compact(std::string_view header, std::string_view payload, const Signer& sign);

// A usual token: this algorithm, and these claims.
std::string MakeToken(std::string_view algorithm, const nlohmann::json& claims, const Signer& sign);
// The same with HS256 and kSecret.
std::string MakeToken(const nlohmann::json& claims);

// Claims of "ada" that hold for so long from now.
nlohmann::json ClaimsFor(std::chrono::seconds life);

// Writes a file for this test, which only its user may read; gives its path.
std::string WriteTestFile(std::string_view name, std::string_view content);

}  // namespace fanfare::testing
