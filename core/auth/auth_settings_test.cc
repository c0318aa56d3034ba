#include "core/auth/auth_settings.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace fanfare {
namespace {

using nlohmann::json;

absl::StatusOr<std::optional<JwtSettings>> Read(std::string_view text) {
  return ReadAuth(json::parse(text), "routes[0].auth");
}

std::string Error(std::string_view text) {
  const auto settings = Read(text);
  EXPECT_FALSE(settings.ok()) << text;
  return std::string(settings.status().message());
}

// The settings of this, with what must be there besides.
std::string JwtError(std::string_view more) {
  return Error(R"({"jwt": {"algorithm": "HS256", "key_file": "key")" + std::string(more) + "}}");
}

TEST(AuthSettingsTest, NoneIsAsGoodAsAbsent) {
  for (const std::string_view text : {"null", R"("none")"}) {
    const auto settings = Read(text);
    ASSERT_TRUE(settings.ok()) << settings.status();
    EXPECT_FALSE(settings->has_value());
  }
}

TEST(AuthSettingsTest, Defaults) {
  const auto settings = Read(R"({"jwt": {"algorithm": "ES256", "key_file": "key.pem"}})");
  ASSERT_TRUE(settings.ok()) << settings.status();
  const JwtSettings& jwt = **settings;
  EXPECT_EQ(jwt.algorithm, Algorithm::kEs256);
  EXPECT_EQ(jwt.key_file, "key.pem");
  EXPECT_EQ(jwt.jwks_file, "");
  EXPECT_EQ(jwt.issuer, "");
  EXPECT_EQ(jwt.audience, "");
  EXPECT_EQ(jwt.leeway, std::chrono::seconds(0));
  EXPECT_EQ(jwt.cookie, "");
  EXPECT_EQ(jwt.user_connections, 0U);
  EXPECT_EQ(jwt.rooms_claim, "rooms");
  EXPECT_FALSE(jwt.rooms_required);
  EXPECT_EQ(jwt.path, "routes[0].auth.jwt");
}

TEST(AuthSettingsTest, AreReadBackAsTheyWere) {
  const std::string text = R"({"jwt": {
    "algorithm": "RS256", "jwks_file": "keys.json", "issuer": "https://issuer.example",
    "audience": "fanfare", "leeway_seconds": 5, "cookie": "token", "user_connections": 3,
    "rooms_claim": "may", "rooms_required": true}})";
  const auto settings = Read(text);
  ASSERT_TRUE(settings.ok()) << settings.status();
  json members = json::object();
  for (const OptionText& member : DescribeJwt(**settings)) {
    EXPECT_NE(member.meaning, "") << member.name;
    members[member.name] = member.value;
  }
  EXPECT_EQ(members, json::parse(text)["jwt"]);
}

TEST(AuthSettingsTest, MistakesNameTheirPlace) {
  EXPECT_EQ(Error("5"), R"(routes[0].auth: expected "none" or {"jwt": {...}}, got 5)");
  EXPECT_EQ(Error(R"("jwt")"), R"(routes[0].auth: expected "none" or {"jwt": {...}}, got "jwt")");
  EXPECT_EQ(Error("{}"), "routes[0].auth.jwt: missing; expected an object");
  EXPECT_EQ(Error(R"({"jwd": {}})"), "routes[0].auth.jwt: missing; expected an object");
  EXPECT_EQ(Error(R"({"jwt": 5})"), "routes[0].auth.jwt: expected an object, got 5");
  EXPECT_EQ(Error(R"({"jwt": {}})"),
            R"(routes[0].auth.jwt.algorithm: missing; expected one of "HS256", "RS256", "ES256")");
  EXPECT_EQ(
      Error(R"({"jwt": {"algorithm": "none", "key_file": "key"}})"),
      R"(routes[0].auth.jwt.algorithm: expected one of "HS256", "RS256", "ES256", got "none")");
  EXPECT_EQ(Error(R"({"jwt": {"algorithm": ["HS256"], "key_file": "key"}})").substr(0, 30),
            "routes[0].auth.jwt.algorithm: ");
  EXPECT_EQ(Error(R"({"jwt": {"algorithm": "HS256"}})"),
            "routes[0].auth.jwt.key_file: expected either this or jwks_file");
  EXPECT_EQ(JwtError(R"(, "jwks_file": "keys")"),
            "routes[0].auth.jwt.key_file: expected either this or jwks_file");
  EXPECT_EQ(JwtError(R"(, "issuer": "")"),
            "routes[0].auth.jwt.issuer: expected a string that is not empty");
  EXPECT_EQ(JwtError(R"(, "audience": ["a"])"),
            "routes[0].auth.jwt.audience: expected a string, got an array");
  EXPECT_EQ(JwtError(R"(, "leeway_seconds": 301)"),
            "routes[0].auth.jwt.leeway_seconds: expected a whole number from 0 to 300, got 301");
  EXPECT_EQ(JwtError(R"(, "cookie": "a b")"),
            "routes[0].auth.jwt.cookie: expected the name of a cookie");
  EXPECT_EQ(JwtError(R"(, "user_connections": -1)").substr(0, 37),
            "routes[0].auth.jwt.user_connections: ");
  EXPECT_EQ(JwtError(R"(, "rooms_required": 1)"),
            "routes[0].auth.jwt.rooms_required: expected true or false, got 1");
  EXPECT_EQ(JwtError(R"(, "audiense": "a")"),
            R"(routes[0].auth.jwt.audiense: unknown key; did you mean "audience"?)");
}

}  // namespace
}  // namespace fanfare
