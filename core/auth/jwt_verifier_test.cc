#include "core/auth/jwt_verifier.h"

#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "core/auth/jwks.h"
#include "core/auth/testing.h"

namespace fanfare {
namespace {

using nlohmann::json;
using std::chrono::seconds;
using testing::ClaimsFor;
using testing::Compact;
using testing::KeyPair;
using testing::kSecret;
using testing::MakeToken;
using testing::SignerOf;

constexpr const char* kWrongAlgorithm = "the token is not signed with HS256";
constexpr const char* kWrongKey = "the token is not signed with a key of ours";

JwtVerifier OfSecret(JwtSettings settings = {}) {
  std::vector<NamedKey> keys;
  keys.push_back({.key = *VerificationKey::FromSecret(kSecret)});
  return {std::move(settings), std::move(keys)};
}

JwtVerifier OfJwks(Algorithm algorithm, const std::vector<json>& keys) {
  auto read = ParseJwks(json{{"keys", keys}}.dump(), algorithm);
  EXPECT_TRUE(read.ok()) << read.status();
  return {{.algorithm = algorithm}, *std::move(read)};
}

json Named(const KeyPair& pair, const char* id) {
  json key = pair.Jwk();
  key["kid"] = id;
  return key;
}

std::string TokenOf(const KeyPair& pair, const json& header) {
  return Compact(header.dump(), ClaimsFor(seconds(60)).dump(), pair.signer());
}

std::string Error(const JwtVerifier& verifier, std::string_view token) {
  const auto identity = verifier.Verify(token);
  EXPECT_FALSE(identity.ok());
  EXPECT_EQ(identity.status().code(), absl::StatusCode::kUnauthenticated);
  return std::string(identity.status().message());
}

TEST(JwtVerifierTest, ATokenTellsWhoItIs) {
  const auto identity = OfSecret().Verify(MakeToken(ClaimsFor(seconds(60))));
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_EQ(identity->user, "ada");
}

TEST(JwtVerifierTest, WithoutASignatureItIsNone) {
  const JwtVerifier verifier = OfSecret();
  const std::string claims = ClaimsFor(seconds(60)).dump();
  const auto none = [](std::string_view) { return std::string(); };
  for (const char* algorithm : {"none", "None", "NONE", "nOnE", ""}) {
    const json header = {{"alg", algorithm}};
    EXPECT_EQ(Error(verifier, Compact(header.dump(), claims, none)),
              "the token is no JWT: it is not three parts of base64url");
    EXPECT_EQ(Error(verifier, Compact(header.dump(), claims, SignerOf(std::string(kSecret)))),
              kWrongAlgorithm)
        << algorithm;
  }
  EXPECT_NE(Error(verifier, Compact(R"({"alg":"HS256"})", claims, none)), "");
}

TEST(JwtVerifierTest, APublicKeyIsNoSecret) {
  const KeyPair pair = KeyPair::Rsa();
  const JwtVerifier verifier = OfJwks(Algorithm::kRs256, {pair.Jwk()});
  ASSERT_TRUE(verifier.Verify(MakeToken("RS256", ClaimsFor(seconds(60)), pair.signer())).ok());
  const std::string pem = pair.PublicPem();
  for (const std::string& secret : {pem, pem.substr(0, pem.size() - 1)}) {
    EXPECT_EQ(Error(verifier, MakeToken("HS256", ClaimsFor(seconds(60)), SignerOf(secret))),
              "the token is not signed with RS256");
    EXPECT_EQ(Error(verifier, MakeToken("RS256", ClaimsFor(seconds(60)), SignerOf(secret))),
              kWrongKey);
  }
}

TEST(JwtVerifierTest, TheAlgorithmIsCalledAsItIsCalled) {
  const JwtVerifier verifier = OfSecret();
  for (const char* algorithm : {"hs256", "HS256 ", "HS384", "HS512", "RS256", "ES256", "HS2567"}) {
    EXPECT_EQ(Error(verifier,
                    MakeToken(algorithm, ClaimsFor(seconds(60)), SignerOf(std::string(kSecret)))),
              kWrongAlgorithm)
        << algorithm;
  }
}

TEST(JwtVerifierTest, WhatWasChangedIsRefused) {
  const JwtVerifier verifier = OfSecret();
  const std::string token = MakeToken(ClaimsFor(seconds(60)));
  const std::size_t first = token.find('.');
  const std::size_t second = token.find('.', first + 1);
  json claims = ClaimsFor(seconds(60));
  claims["sub"] = "grace";
  EXPECT_EQ(Error(verifier, token.substr(0, first + 1) + testing::Base64Url(claims.dump()) +
                                token.substr(second)),
            kWrongKey);
  const std::string header = testing::Base64Url(R"({"typ":"JWT","alg":"HS256"})");
  EXPECT_EQ(Error(verifier, header + token.substr(first)), kWrongKey);
  // Any character of it; the last has bits that do not count.
  for (std::size_t i = 0; i + 1 < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(verifier.Verify(changed).ok()) << i;
  }
  for (std::size_t size = 0; size < token.size(); ++size) {
    EXPECT_FALSE(verifier.Verify(token.substr(0, size)).ok()) << size;
  }
}

TEST(JwtVerifierTest, NothingIsToldOfClaimsThatNobodyOfOursSigned) {
  const JwtVerifier verifier = OfSecret();
  const json expired = ClaimsFor(seconds(-60));
  EXPECT_EQ(Error(verifier, MakeToken("HS256", expired, SignerOf(std::string(32, 'x')))),
            kWrongKey);
  EXPECT_EQ(Error(verifier, MakeToken(expired)), "the token has expired");
}

TEST(JwtVerifierTest, TimePasses) {
  const JwtVerifier verifier = OfSecret();
  const std::string token = MakeToken(ClaimsFor(seconds(60)));
  EXPECT_TRUE(verifier.Verify(token, std::chrono::system_clock::now() + seconds(30)).ok());
  EXPECT_FALSE(verifier.Verify(token, std::chrono::system_clock::now() + seconds(61)).ok());
}

TEST(JwtVerifierTest, TheClaimsThatAreConfigured) {
  const JwtVerifier verifier = OfSecret({.issuer = "us", .audience = "fanfare"});
  json claims = ClaimsFor(seconds(60));
  EXPECT_EQ(Error(verifier, MakeToken(claims)), "the token is of another issuer");
  claims["iss"] = "us";
  EXPECT_EQ(Error(verifier, MakeToken(claims)), "the token is for another audience");
  claims["aud"] = {"others", "fanfare"};
  EXPECT_TRUE(verifier.Verify(MakeToken(claims)).ok());
}

TEST(JwtVerifierTest, ClaimsThatAreNoObject) {
  const JwtVerifier verifier = OfSecret();
  const auto sign = SignerOf(std::string(kSecret));
  for (const std::string_view payload :
       {"[]", "5", "x", R"({"sub":"ada","exp":9999999999,"exp":1})", R"({"sub":"ada",)"}) {
    EXPECT_NE(Error(verifier, Compact(R"({"alg":"HS256"})", payload, sign)), "") << payload;
  }
}

TEST(JwtVerifierTest, TheKeysNameChoosesIt) {
  const KeyPair old_key = KeyPair::P256();
  const KeyPair new_key = KeyPair::P256();
  const JwtVerifier verifier =
      OfJwks(Algorithm::kEs256, {Named(old_key, "old"), Named(new_key, "new")});
  EXPECT_TRUE(verifier.Verify(TokenOf(old_key, {{"alg", "ES256"}, {"kid", "old"}})).ok());
  EXPECT_TRUE(verifier.Verify(TokenOf(new_key, {{"alg", "ES256"}, {"kid", "new"}})).ok());
  EXPECT_EQ(Error(verifier, TokenOf(new_key, {{"alg", "ES256"}, {"kid", "old"}})), kWrongKey);
  EXPECT_EQ(Error(verifier, TokenOf(new_key, {{"alg", "ES256"}, {"kid", "other"}})), kWrongKey);
  // Without a name, any of them may be it.
  EXPECT_TRUE(verifier.Verify(TokenOf(old_key, {{"alg", "ES256"}})).ok());
  EXPECT_TRUE(verifier.Verify(TokenOf(new_key, {{"alg", "ES256"}})).ok());
}

TEST(JwtVerifierTest, AKeyWithoutANameIsTriedForAll) {
  const KeyPair pair = KeyPair::P256();
  const JwtVerifier verifier = OfJwks(Algorithm::kEs256, {pair.Jwk()});
  EXPECT_TRUE(verifier.Verify(TokenOf(pair, {{"alg", "ES256"}, {"kid", "any"}})).ok());
}

// A key in the token's own header is what anybody can put there.
TEST(JwtVerifierTest, KeysInTheTokenAreNotLookedAt) {
  const KeyPair ours = KeyPair::P256();
  const KeyPair theirs = KeyPair::P256();
  const JwtVerifier verifier = OfJwks(Algorithm::kEs256, {ours.Jwk()});
  EXPECT_EQ(Error(verifier, TokenOf(theirs, {{"alg", "ES256"},
                                             {"jwk", theirs.Jwk()},
                                             {"jku", "https://example.com/keys"}})),
            kWrongKey);
}

TEST(JwtVerifierTest, ErrorsRepeatNothingOfTheToken) {
  const JwtVerifier verifier = OfSecret({.issuer = "us"});
  json claims = ClaimsFor(seconds(60));
  claims["iss"] = "MARKER";
  claims["sub"] = "MARKER";
  claims["rooms"] = "MARKER";
  const json header = {{"alg", "MARKER"}, {"kid", "MARKER"}};
  const auto sign = SignerOf(std::string(kSecret));
  for (const std::string& token :
       {MakeToken(claims), Compact(header.dump(), claims.dump(), sign), std::string("MARKER.a.b"),
        Compact("MARKER", "MARKER", sign), Compact(R"({"alg":"HS256"})", "MARKER", sign)}) {
    EXPECT_EQ(Error(verifier, token).find("MARKER"), std::string::npos);
  }
}

}  // namespace
}  // namespace fanfare
