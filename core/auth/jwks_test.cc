#include "core/auth/jwks.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "core/auth/testing.h"

namespace fanfare {
namespace {

using nlohmann::json;
using testing::Base64Url;
using testing::KeyPair;
using testing::kSecret;

json With(json key, const json& members) {
  key.update(members);
  return key;
}

using Keys = std::vector<json>;

absl::StatusOr<std::vector<NamedKey>> Parse(const Keys& keys, Algorithm algorithm) {
  return ParseJwks(json{{"keys", keys}}.dump(), algorithm);
}

std::string Error(const Keys& keys, Algorithm algorithm) {
  const auto parsed = Parse(keys, algorithm);
  EXPECT_FALSE(parsed.ok());
  return std::string(parsed.status().message());
}

class JwksTest : public ::testing::Test {
 protected:
  // Made once: that takes a while.
  static const json& Rsa() {
    static const json kKey = KeyPair::Rsa().Jwk();
    return kKey;
  }

  const json rsa_ = Rsa();
  const json p256_ = KeyPair::P256().Jwk();
  const json p384_ = KeyPair::P384().Jwk();
  const json oct_ = {{"kty", "oct"}, {"k", Base64Url(kSecret)}};
};

TEST_F(JwksTest, TheKeysOfAnAlgorithmAreThoseOfItsKind) {
  const Keys all = {rsa_, p384_, With(p256_, {{"kid", "curve"}}), oct_, json{{"kty", "OKP"}}};
  for (const auto& [algorithm, id] :
       {std::pair(Algorithm::kRs256, ""), std::pair(Algorithm::kEs256, "curve"),
        std::pair(Algorithm::kHs256, "")}) {
    const auto keys = Parse(all, algorithm);
    ASSERT_TRUE(keys.ok()) << keys.status();
    ASSERT_EQ(keys->size(), 1U);
    EXPECT_EQ(keys->front().id, id);
    EXPECT_EQ(keys->front().key.algorithm(), algorithm);
  }
}

TEST_F(JwksTest, KeysForOtherThingsArePassedOver) {
  for (const json& other :
       {json{{"use", "enc"}}, json{{"alg", "RS512"}}, json{{"alg", "RSA-OAEP"}},
        json{{"key_ops", {"encrypt"}}}, json{{"key_ops", "verify"}}, json{{"use", 5}}}) {
    EXPECT_EQ(Error({With(rsa_, other)}, Algorithm::kRs256), "there is no key for RS256") << other;
  }
  for (const json& ours : {json{{"use", "sig"}}, json{{"alg", "RS256"}},
                           json{{"key_ops", {"verify"}}}, json{{"x5c", {"MII"}}}}) {
    EXPECT_TRUE(Parse({With(rsa_, ours)}, Algorithm::kRs256).ok()) << ours;
  }
}

TEST_F(JwksTest, AKeyThatIsNotRightIsNamedByItsPlace) {
  EXPECT_EQ(Error({oct_, With(rsa_, {{"n", 5}})}, Algorithm::kRs256),
            "keys[1].n: expected base64url");
  json without = rsa_;
  without.erase("e");
  EXPECT_EQ(Error({without}, Algorithm::kRs256), "keys[0].e: expected base64url");
  EXPECT_EQ(Error({With(rsa_, {{"n", "AQAB"}})}, Algorithm::kRs256),
            "keys[0]: expected an RSA key of 2048 to 8192 bits, got 17");
  EXPECT_EQ(Error({With(p256_, {{"y", p256_["x"]}})}, Algorithm::kEs256),
            "keys[0]: not a valid key");
  EXPECT_EQ(Error({With(oct_, {{"k", "c2hvcnQ"}})}, Algorithm::kHs256),
            "keys[0]: expected a secret of 32 to 1024 bytes, got 5");
  EXPECT_EQ(Error({With(p256_, {{"kid", 5}})}, Algorithm::kEs256),
            "keys[0].kid: expected a string");
  EXPECT_EQ(Error({p256_, 5}, Algorithm::kEs256), "keys[1]: expected an object");
}

TEST_F(JwksTest, APrivateKeyHasNoPlace) {
  EXPECT_EQ(Error({With(rsa_, {{"d", "SECRET"}})}, Algorithm::kRs256),
            "keys[0].d: this is a private key, which has no place here");
  EXPECT_EQ(Error({With(p256_, {{"d", "SECRET"}})}, Algorithm::kEs256),
            "keys[0].d: this is a private key, which has no place here");
}

TEST_F(JwksTest, WhatIsNoSet) {
  for (const char* text : {"", "5", "[]", "{}", R"({"keys": 5})", R"({"keys": {}})"}) {
    const auto keys = ParseJwks(text, Algorithm::kRs256);
    EXPECT_FALSE(keys.ok()) << text;
  }
  EXPECT_EQ(ParseJwks(R"({"keys": [], "keys": []})", Algorithm::kRs256).status().message(),
            "not JSON, or a member is there twice");
  EXPECT_EQ(Error({}, Algorithm::kRs256), "there is no key for RS256");
}

TEST_F(JwksTest, ThereMustNotBeTooMany) {
  Keys keys;
  for (std::size_t i = 0; i < JwtVerifier::kMaxKeys; ++i) keys.push_back(oct_);
  EXPECT_TRUE(Parse(keys, Algorithm::kHs256).ok());
  keys.push_back(oct_);
  EXPECT_EQ(Error(keys, Algorithm::kHs256), "more than 16 keys for HS256");
}

}  // namespace
}  // namespace fanfare
