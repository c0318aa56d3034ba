#include "core/auth/testing.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"

namespace fanfare::testing {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

void Check(bool is_right) {
  if (!is_right) throw std::runtime_error("OpenSSL failed");
}

template <typename Write>
std::string ToPem(Write write) {
  const Bio bio(BIO_new(BIO_s_mem()), BIO_free);
  Check(write(bio.get()) == 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

// A number of a key, as JSON Web Keys have it: as long as it is, or of this many bytes.
std::string NumberOf(const EVP_PKEY* key, const char* name, int size = 0) {
  BIGNUM* number = nullptr;
  Check(EVP_PKEY_get_bn_param(key, name, &number) == 1);
  std::string bytes(static_cast<std::size_t>(size == 0 ? BN_num_bytes(number) : size), '\0');
  Check(BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()),
                     static_cast<int>(bytes.size())) >= 0);
  BN_free(number);
  return Base64Url(bytes);
}

// The two numbers of an ECDSA signature one after the other (RFC 7518 section 3.4).
std::string ToRaw(std::string_view der) {
  constexpr int kNumberBytes = 32;
  const unsigned char* data = Bytes(der);
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> signature(
      d2i_ECDSA_SIG(nullptr, &data, static_cast<long>(der.size())), ECDSA_SIG_free);
  std::array<unsigned char, 2 * kNumberBytes> raw = {};
  Check(BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), raw.data(), kNumberBytes) > 0);
  Check(BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), raw.data() + kNumberBytes, kNumberBytes) >
        0);
  return {raw.begin(), raw.end()};
}

}  // namespace

Signer SignerOf(std::string secret) {
  return [secret = std::move(secret)](std::string_view text) {
    std::array<unsigned char, 32> mac = {};
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), Bytes(text), text.size(),
         mac.data(), nullptr);
    return std::string(mac.begin(), mac.end());
  };
}

KeyPair::KeyPair(EVP_PKEY* key) : key_(key, EVP_PKEY_free) {
  Check(key != nullptr);
}

KeyPair KeyPair::Rsa(unsigned bits) {
  return KeyPair(EVP_RSA_gen(bits));
}

KeyPair KeyPair::P256() {
  return KeyPair(EVP_EC_gen("P-256"));
}

KeyPair KeyPair::P384() {
  return KeyPair(EVP_EC_gen("P-384"));
}

std::string KeyPair::PublicPem() const {
  return ToPem([this](BIO* bio) { return PEM_write_bio_PUBKEY(bio, key_.get()); });
}

std::string KeyPair::PrivatePem() const {
  return ToPem([this](BIO* bio) {
    return PEM_write_bio_PrivateKey(bio, key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
}

nlohmann::json KeyPair::Jwk() const {
  if (EVP_PKEY_get_base_id(key_.get()) == EVP_PKEY_RSA) {
    return {{"kty", "RSA"},
            {"n", NumberOf(key_.get(), OSSL_PKEY_PARAM_RSA_N)},
            {"e", NumberOf(key_.get(), OSSL_PKEY_PARAM_RSA_E)}};
  }
  const int bits = EVP_PKEY_get_bits(key_.get());
  return {{"kty", "EC"},
          {"crv", bits == 256 ? "P-256" : "P-384"},
          {"x", NumberOf(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, bits / 8)},
          {"y", NumberOf(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, bits / 8)}};
}

Signer KeyPair::signer() const {
  return [key = key_](std::string_view text) {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          EVP_MD_CTX_free);
    std::size_t size = 0;
    Check(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1);
    Check(EVP_DigestSign(context.get(), nullptr, &size, Bytes(text), text.size()) == 1);
    std::vector<unsigned char> signature(size);
    Check(EVP_DigestSign(context.get(), signature.data(), &size, Bytes(text), text.size()) == 1);
    const std::string bytes(signature.begin(),
                            signature.begin() + static_cast<std::ptrdiff_t>(size));
    return EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_RSA ? bytes : ToRaw(bytes);
  };
}

std::string Base64Url(std::string_view bytes) {
  std::string text = absl::WebSafeBase64Escape({bytes.data(), bytes.size()});
  while (text.ends_with('=')) text.pop_back();
  return text;
}

std::string Compact(std::string_view header, std::string_view payload, const Signer& sign) {
  const std::string text = Base64Url(header) + "." + Base64Url(payload);
  return text + "." + Base64Url(sign(text));
}

std::string MakeToken(std::string_view algorithm, const nlohmann::json& claims,
                      const Signer& sign) {
  const nlohmann::json header = {{"alg", algorithm}, {"typ", "JWT"}};
  return Compact(header.dump(), claims.dump(), sign);
}

std::string MakeToken(const nlohmann::json& claims) {
  return MakeToken("HS256", claims, SignerOf(std::string(kSecret)));
}

nlohmann::json ClaimsFor(std::chrono::seconds life) {
  const auto expiry = std::chrono::system_clock::now() + life;
  return {
      {"sub", "ada"},
      {"exp", std::chrono::duration_cast<std::chrono::seconds>(expiry.time_since_epoch()).count()}};
}

std::string WriteTestFile(std::string_view name, std::string_view content) {
  const char* const folder = std::getenv("TEST_TMPDIR");
  const std::string path =
      std::string(folder == nullptr ? "/tmp" : folder) + "/" + std::string(name);
  std::ofstream(path, std::ios::binary) << content;
  Check(::chmod(path.c_str(), S_IRUSR | S_IWUSR) == 0);
  return path;
}

}  // namespace fanfare::testing
