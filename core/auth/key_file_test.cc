#include "core/auth/key_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <nlohmann/json.hpp>
#include <string>

#include "core/auth/testing.h"

namespace fanfare {
namespace {

using testing::KeyPair;
using testing::kSecret;
using testing::WriteTestFile;

absl::StatusOr<std::vector<NamedKey>> Read(Algorithm algorithm, std::string_view content) {
  return ReadKeys({.algorithm = algorithm, .key_file = WriteTestFile("key", content)});
}

std::string Error(Algorithm algorithm, std::string_view content) {
  const JwtSettings settings = {.algorithm = algorithm,
                                .key_file = WriteTestFile("key", content),
                                .path = "routes[0].auth.jwt"};
  const auto keys = ReadKeys(settings);
  EXPECT_FALSE(keys.ok());
  const std::string message(keys.status().message());
  const std::string start = "routes[0].auth.jwt.key_file: \"" + settings.key_file + "\": ";
  EXPECT_EQ(message.substr(0, start.size()), start);
  return message.substr(std::min(start.size(), message.size()));
}

// Whether a token that is signed so is right for the first of the keys.
bool Verifies(const std::vector<NamedKey>& keys, std::string_view algorithm,
              const testing::Signer& sign) {
  const std::string token =
      testing::MakeToken(algorithm, testing::ClaimsFor(std::chrono::seconds(60)), sign);
  const JwtVerifier verifier({.algorithm = keys.front().key.algorithm()}, keys);
  return verifier.Verify(token).ok();
}

TEST(KeyFileTest, ASecretIsTheFileButForOneLineBreakAtItsEnd) {
  const std::string secret(kSecret);
  for (const std::string& content : {secret, secret + "\n", secret + "\r\n"}) {
    const auto keys = Read(Algorithm::kHs256, content);
    ASSERT_TRUE(keys.ok()) << keys.status();
    EXPECT_TRUE(Verifies(*keys, "HS256", testing::SignerOf(secret)));
  }
  const auto keys = Read(Algorithm::kHs256, secret + "\n\n");
  ASSERT_TRUE(keys.ok()) << keys.status();
  EXPECT_TRUE(Verifies(*keys, "HS256", testing::SignerOf(secret + "\n")));
  const auto binary = Read(Algorithm::kHs256, std::string(40, '\0'));
  ASSERT_TRUE(binary.ok()) << binary.status();
  EXPECT_TRUE(Verifies(*binary, "HS256", testing::SignerOf(std::string(40, '\0'))));
}

TEST(KeyFileTest, PublicKeys) {
  const KeyPair rsa = KeyPair::Rsa();
  const auto rsa_keys = Read(Algorithm::kRs256, rsa.PublicPem());
  ASSERT_TRUE(rsa_keys.ok()) << rsa_keys.status();
  EXPECT_TRUE(Verifies(*rsa_keys, "RS256", rsa.signer()));
  const KeyPair curve = KeyPair::P256();
  const auto curve_keys = Read(Algorithm::kEs256, KeyPair::P256().PublicPem() + curve.PublicPem());
  ASSERT_TRUE(curve_keys.ok()) << curve_keys.status();
  EXPECT_EQ(curve_keys->size(), 2U);
  EXPECT_TRUE(Verifies(*curve_keys, "ES256", curve.signer()));
}

TEST(KeyFileTest, ASet) {
  const KeyPair pair = KeyPair::P256();
  const nlohmann::json set = {{"keys", {pair.Jwk()}}};
  JwtSettings settings = {.algorithm = Algorithm::kEs256,
                          .jwks_file = WriteTestFile("keys.json", set.dump()),
                          .path = "routes[0].auth.jwt"};
  const auto keys = ReadKeys(settings);
  ASSERT_TRUE(keys.ok()) << keys.status();
  EXPECT_TRUE(Verifies(*keys, "ES256", pair.signer()));
  settings.algorithm = Algorithm::kRs256;
  EXPECT_EQ(
      ReadKeys(settings).status().message(),
      "routes[0].auth.jwt.jwks_file: \"" + settings.jwks_file + "\": there is no key for RS256");
}

TEST(KeyFileTest, MistakesNameThePlaceAndTheFile) {
  EXPECT_EQ(Error(Algorithm::kHs256, "SECRET"), "expected a secret of 32 to 1024 bytes, got 6");
  EXPECT_EQ(Error(Algorithm::kRs256, "SECRET"),
            "expected a public key in PEM (-----BEGIN PUBLIC KEY-----)");
  EXPECT_EQ(Error(Algorithm::kEs256, KeyPair::Rsa().PublicPem()),
            "ES256 needs a key of the curve P-256");
  EXPECT_EQ(Error(Algorithm::kRs256, std::string((1 << 20) + 1, 'x')), "larger than 1048576 bytes");
}

TEST(KeyFileTest, APublicKeyIsNoSecretAndAPrivateOneHasNoPlace) {
  EXPECT_EQ(Error(Algorithm::kHs256, KeyPair::P256().PublicPem()),
            "this is a key for RS256 or ES256, and no secret for HS256");
  EXPECT_EQ(Error(Algorithm::kEs256, KeyPair::P256().PrivatePem()),
            "this is a private key, which has no place here");
}

TEST(KeyFileTest, ANameIsRelativeToTheFolderOfTheConfiguration) {
  const std::string path = WriteTestFile("relative_key", kSecret);
  const std::size_t slash = path.rfind('/');
  EXPECT_TRUE(ReadKeys({.key_file = path.substr(slash + 1), .folder = path.substr(0, slash)}).ok());
  EXPECT_TRUE(ReadKeys({.key_file = path, .folder = "/nowhere"}).ok());
  EXPECT_FALSE(ReadKeys({.key_file = path.substr(slash + 1), .folder = "/nowhere"}).ok());
}

TEST(KeyFileTest, AFileThatCanNotBeRead) {
  const JwtSettings missing = {.key_file = "/nowhere/key", .path = "routes[1].auth.jwt"};
  EXPECT_EQ(std::string(ReadKeys(missing).status().message()).substr(0, 62),
            "routes[1].auth.jwt.key_file: \"/nowhere/key\": can not open it: ");
  const JwtSettings folder = {.key_file = "/", .path = "routes[1].auth.jwt"};
  EXPECT_FALSE(ReadKeys(folder).ok());
}

}  // namespace
}  // namespace fanfare
