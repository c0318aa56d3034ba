#include "core/auth/verification_key.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "core/auth/testing.h"

namespace fanfare {
namespace {

using testing::Base64Url;
using testing::KeyPair;
using testing::kSecret;
using testing::Signer;
using testing::SignerOf;

// The parts of a token, which must outlive them.
TokenParts PartsOf(std::string_view token) {
  const std::size_t first = token.find('.');
  const std::size_t second = token.find('.', first + 1);
  return {.header = token.substr(0, first),
          .payload = token.substr(first + 1, second - first - 1),
          .signature = token.substr(second + 1)};
}

bool Verifies(const VerificationKey& key, std::string_view algorithm, const Signer& sign) {
  const std::string token = testing::MakeToken(algorithm, {{"sub", "ada"}}, sign);
  return key.Verify(PartsOf(token));
}

VerificationKey FromPem(Algorithm algorithm, const std::string& pem) {
  auto keys = VerificationKey::FromPem(algorithm, pem);
  EXPECT_TRUE(keys.ok()) << keys.status();
  return keys->front();
}

TEST(VerificationKeyTest, Hs256) {
  const auto key = VerificationKey::FromSecret(kSecret);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(key->algorithm(), Algorithm::kHs256);
  EXPECT_TRUE(Verifies(*key, "HS256", SignerOf(std::string(kSecret))));
  EXPECT_FALSE(Verifies(*key, "HS256", SignerOf("another secret that is long enough 32")));
}

// RFC 7515 appendix A.1: with the key of its own.
TEST(VerificationKeyTest, TheExampleOfTheRfc) {
  constexpr unsigned char kKey[] = {3,   35,  53,  75,  43,  15,  165, 188, 131, 126, 6,   101, 119,
                                    123, 166, 143, 90,  179, 40,  230, 240, 84,  201, 40,  169, 15,
                                    132, 178, 210, 80,  46,  191, 211, 251, 90,  146, 210, 6,   71,
                                    239, 150, 138, 180, 195, 119, 98,  61,  34,  61,  46,  33,  114,
                                    5,   46,  79,  8,   192, 205, 154, 245, 103, 208, 128, 163};
  const auto key = VerificationKey::FromSecret(
      std::string_view(reinterpret_cast<const char*>(kKey), sizeof kKey));
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_TRUE(key->Verify(PartsOf(
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
      "fQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")));
}

// RFC 7515 appendix A.3.
TEST(VerificationKeyTest, TheExampleOfTheRfcForEs256) {
  const auto key = VerificationKey::FromP256("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                                             "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_TRUE(key->Verify(PartsOf(
      "eyJhbGciOiJFUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
      "fQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-"
      "Kg6NU1Q")));
}

TEST(VerificationKeyTest, Rs256) {
  const KeyPair pair = KeyPair::Rsa();
  const VerificationKey key = FromPem(Algorithm::kRs256, pair.PublicPem());
  EXPECT_EQ(key.algorithm(), Algorithm::kRs256);
  EXPECT_TRUE(Verifies(key, "RS256", pair.signer()));
  EXPECT_FALSE(Verifies(key, "RS256", KeyPair::Rsa().signer()));
  const auto jwk = pair.Jwk();
  const auto same =
      VerificationKey::FromRsa(jwk["n"].get<std::string>(), jwk["e"].get<std::string>());
  ASSERT_TRUE(same.ok()) << same.status();
  EXPECT_TRUE(Verifies(*same, "RS256", pair.signer()));
}

TEST(VerificationKeyTest, Es256) {
  const KeyPair pair = KeyPair::P256();
  const VerificationKey key = FromPem(Algorithm::kEs256, pair.PublicPem());
  EXPECT_EQ(key.algorithm(), Algorithm::kEs256);
  EXPECT_TRUE(Verifies(key, "ES256", pair.signer()));
  EXPECT_FALSE(Verifies(key, "ES256", KeyPair::P256().signer()));
  const auto jwk = pair.Jwk();
  const auto same =
      VerificationKey::FromP256(jwk["x"].get<std::string>(), jwk["y"].get<std::string>());
  ASSERT_TRUE(same.ok()) << same.status();
  EXPECT_TRUE(Verifies(*same, "ES256", pair.signer()));
}

// The key says what is right, and never the token.
TEST(VerificationKeyTest, TheTokensAlgorithmIsThatOfTheKeyOrItIsRefused) {
  const KeyPair pair = KeyPair::Rsa();
  const VerificationKey rsa = FromPem(Algorithm::kRs256, pair.PublicPem());
  for (const std::string& secret : {pair.PublicPem(), pair.Jwk()["n"].get<std::string>()}) {
    EXPECT_FALSE(Verifies(rsa, "HS256", SignerOf(secret)));
    EXPECT_FALSE(Verifies(rsa, "RS256", SignerOf(secret)));
  }
  for (const char* algorithm : {"HS256", "none", "None", "rs256", "RS384", "PS256", "ES256", ""}) {
    EXPECT_FALSE(Verifies(rsa, algorithm, pair.signer())) << algorithm;
  }
  const auto secret = VerificationKey::FromSecret(kSecret);
  ASSERT_TRUE(secret.ok());
  for (const char* algorithm : {"HS384", "HS512", "none", "RS256", "hs256"}) {
    EXPECT_FALSE(Verifies(*secret, algorithm, SignerOf(std::string(kSecret)))) << algorithm;
  }
}

TEST(VerificationKeyTest, SignaturesOfAnotherForm) {
  const auto key = VerificationKey::FromSecret(kSecret);
  ASSERT_TRUE(key.ok());
  const std::string token =
      testing::MakeToken("HS256", {{"sub", "ada"}}, SignerOf(std::string(kSecret)));
  TokenParts parts = PartsOf(token);
  ASSERT_TRUE(key->Verify(parts));
  const std::string_view whole = parts.signature;
  for (const std::string& signature :
       {std::string(), std::string("AA"), std::string(whole.substr(0, whole.size() - 2)),
        std::string(whole) + "AA", std::string(whole.size(), 'A'), std::string(8000, 'A')}) {
    parts.signature = signature;
    EXPECT_FALSE(key->Verify(parts)) << signature;
  }
  // Of the curve, with numbers that are none of it.
  const KeyPair pair = KeyPair::P256();
  const VerificationKey curve = FromPem(Algorithm::kEs256, pair.PublicPem());
  for (const char byte : {'\x00', '\xFF'}) {
    EXPECT_FALSE(
        Verifies(curve, "ES256", [byte](std::string_view) { return std::string(64, byte); }));
  }
}

TEST(VerificationKeyTest, AWeakKeyIsRefused) {
  EXPECT_EQ(VerificationKey::FromSecret(std::string(31, 'a')).status().message(),
            "expected a secret of 32 to 1024 bytes, got 31");
  EXPECT_FALSE(VerificationKey::FromSecret(std::string(1025, 'a')).ok());
  EXPECT_TRUE(VerificationKey::FromSecret(std::string(1024, 'a')).ok());
  const KeyPair weak = KeyPair::Rsa(1024);
  EXPECT_EQ(VerificationKey::FromPem(Algorithm::kRs256, weak.PublicPem()).status().message(),
            "expected an RSA key of 2048 to 8192 bits, got 1024");
  EXPECT_FALSE(VerificationKey::FromRsa(weak.Jwk()["n"].get<std::string>(),
                                        weak.Jwk()["e"].get<std::string>())
                   .ok());
}

TEST(VerificationKeyTest, AKeyOfAnotherKindIsRefused) {
  const KeyPair rsa = KeyPair::Rsa();
  EXPECT_EQ(VerificationKey::FromPem(Algorithm::kEs256, rsa.PublicPem()).status().message(),
            "ES256 needs a key of the curve P-256");
  EXPECT_EQ(
      VerificationKey::FromPem(Algorithm::kEs256, KeyPair::P384().PublicPem()).status().message(),
      "ES256 needs a key of the curve P-256");
  EXPECT_EQ(
      VerificationKey::FromPem(Algorithm::kRs256, KeyPair::P256().PublicPem()).status().message(),
      "RS256 needs an RSA key");
}

TEST(VerificationKeyTest, WhatIsNoKeyIsRefused) {
  const std::string problem = "expected a public key in PEM (-----BEGIN PUBLIC KEY-----)";
  for (const std::string& pem :
       {std::string(), std::string("x"), std::string("-----BEGIN PUBLIC KEY-----\nAAAA\n"),
        std::string("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")}) {
    EXPECT_EQ(VerificationKey::FromPem(Algorithm::kRs256, pem).status().message(), problem);
  }
  EXPECT_FALSE(VerificationKey::FromRsa("AQAB", "AQAB").ok());
  EXPECT_FALSE(VerificationKey::FromRsa("*", "AQAB").ok());
  // Not on the curve.
  EXPECT_FALSE(
      VerificationKey::FromP256(Base64Url(std::string(32, '\1')), Base64Url(std::string(32, '\2')))
          .ok());
  EXPECT_FALSE(VerificationKey::FromP256("AA", "AA").ok());
}

TEST(VerificationKeyTest, SeveralKeysInOneText) {
  const KeyPair a = KeyPair::P256();
  const KeyPair b = KeyPair::P256();
  const auto keys =
      VerificationKey::FromPem(Algorithm::kEs256, "old\n" + a.PublicPem() + b.PublicPem());
  ASSERT_TRUE(keys.ok()) << keys.status();
  ASSERT_EQ(keys->size(), 2U);
  EXPECT_TRUE(Verifies((*keys)[0], "ES256", a.signer()));
  EXPECT_TRUE(Verifies((*keys)[1], "ES256", b.signer()));
  EXPECT_FALSE(Verifies((*keys)[0], "ES256", b.signer()));
}

}  // namespace
}  // namespace fanfare
