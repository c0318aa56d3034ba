#include "core/auth/claims.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

namespace fanfare {
namespace {

using nlohmann::json;
using Time = std::chrono::system_clock::time_point;

constexpr std::int64_t kNow = 1'800'000'000;

json Usual() {
  return {{"sub", "ada"}, {"exp", kNow + 60}};
}

// The usual claims, with others besides or in their place.
json With(const json& others) {
  json claims = Usual();
  claims.update(others);
  return claims;
}

absl::StatusOr<Identity> Read(const json& claims, const JwtSettings& settings = {}) {
  return ReadClaims(claims, settings, Time(std::chrono::seconds(kNow)));
}

std::string Error(const json& claims, const JwtSettings& settings = {}) {
  const auto identity = Read(claims, settings);
  EXPECT_FALSE(identity.ok()) << claims;
  EXPECT_EQ(identity.status().code(), absl::StatusCode::kUnauthenticated);
  return std::string(identity.status().message());
}

TEST(ClaimsTest, SayWhoItIsAndUntilWhen) {
  const auto identity = Read(With({{"name", "Ada Lovelace"}}));
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_EQ(identity->user, "ada");
  EXPECT_EQ(identity->name, "Ada Lovelace");
  EXPECT_EQ(identity->expires_at, Time(std::chrono::seconds(kNow + 60)));
  EXPECT_TRUE(identity->permissions.join.has_all());
}

TEST(ClaimsTest, Expiry) {
  EXPECT_EQ(Error({{"sub", "ada"}}), "the token has no \"exp\": it would never expire");
  EXPECT_EQ(Error(With({{"exp", kNow}})), "the token has expired");
  EXPECT_EQ(Error(With({{"exp", kNow - 1}})), "the token has expired");
  EXPECT_TRUE(Read(With({{"exp", kNow + 1}})).ok());
  EXPECT_TRUE(Read(With({{"exp", kNow + 1.5}})).ok());
  EXPECT_EQ(Error(With({{"exp", kNow + 0.5}})), "the token has expired");
  EXPECT_EQ(Error(With({{"exp", 0}})), "the token has expired");
}

// As a number without a sign, -1 would be the end of time.
TEST(ClaimsTest, AnExpiryBefore1970HasPassed) {
  EXPECT_EQ(Error(With({{"exp", -1}})), "the token has expired");
  EXPECT_EQ(Error(With({{"exp", INT64_MIN}})), "the token has expired");
  EXPECT_EQ(Error(With({{"exp", -1e300}})), "the token has expired");
}

TEST(ClaimsTest, AnExpiryBeyondAllClocksIsTheirEnd) {
  for (const json& exp : {json(INT64_MAX), json(UINT64_MAX), json(1e300), json(7'258'118'401)}) {
    const auto identity = Read(With({{"exp", exp}}));
    ASSERT_TRUE(identity.ok()) << exp << identity.status();
    EXPECT_EQ(identity->expires_at, Time(std::chrono::seconds(7'258'118'400)));
  }
}

TEST(ClaimsTest, TimesMustBeNumbers) {
  for (const json& time :
       {json("1900000000"), json(true), json(nullptr), json::array({1}), json::object()}) {
    EXPECT_EQ(Error(With({{"exp", time}})), "the token has a claim \"exp\" that is not a number");
    EXPECT_EQ(Error(With({{"nbf", time}})), "the token has a claim \"nbf\" that is not a number");
  }
}

TEST(ClaimsTest, Start) {
  EXPECT_TRUE(Read(With({{"nbf", kNow}})).ok());
  EXPECT_TRUE(Read(With({{"nbf", -5}})).ok());
  EXPECT_EQ(Error(With({{"nbf", kNow + 1}})), "the token is not valid yet");
  EXPECT_EQ(Error(With({{"nbf", UINT64_MAX}})), "the token is not valid yet");
}

TEST(ClaimsTest, ClocksMayDifferByTheLeeway) {
  const JwtSettings settings = {.leeway = std::chrono::seconds(10)};
  const auto identity = Read(With({{"exp", kNow - 9}, {"nbf", kNow + 10}}), settings);
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_EQ(identity->expires_at, Time(std::chrono::seconds(kNow + 1)));
  EXPECT_EQ(Error(With({{"exp", kNow - 10}}), settings), "the token has expired");
  EXPECT_EQ(Error(With({{"nbf", kNow + 11}}), settings), "the token is not valid yet");
}

TEST(ClaimsTest, Issuer) {
  const JwtSettings settings = {.issuer = "https://issuer.example"};
  EXPECT_TRUE(Read(With({{"iss", "https://issuer.example"}}), settings).ok());
  for (const json& issuer : {json("https://issuer.example/"), json(""), json(5), json(nullptr),
                             json::array({"https://issuer.example"})}) {
    EXPECT_EQ(Error(With({{"iss", issuer}}), settings), "the token is of another issuer");
  }
  EXPECT_EQ(Error(Usual(), settings), "the token is of another issuer");
  EXPECT_TRUE(Read(With({{"iss", "anybody"}})).ok());
}

TEST(ClaimsTest, Audience) {
  const JwtSettings settings = {.audience = "fanfare"};
  EXPECT_TRUE(Read(With({{"aud", "fanfare"}}), settings).ok());
  EXPECT_TRUE(Read(With({{"aud", {"other", "fanfare"}}}), settings).ok());
  for (const json& audience : {json("fanfar"), json(""), json({"other"}), json::array()}) {
    EXPECT_EQ(Error(With({{"aud", audience}}), settings), "the token is for another audience");
  }
  for (const json& audience : {json(5), json(nullptr), json({"fanfare", 5}), json::object()}) {
    EXPECT_EQ(Error(With({{"aud", audience}}), settings),
              "the token has a claim \"aud\" that is not a string or an array of strings");
  }
  EXPECT_EQ(Error(Usual(), settings), "the token is for another audience");
}

// RFC 7519 section 4.1.3: who is not named there must refuse it.
TEST(ClaimsTest, WithoutAnAudienceOfOurOwnATokenMustHaveNone) {
  EXPECT_TRUE(Read(Usual()).ok());
  EXPECT_EQ(Error(With({{"aud", "other"}})), "the token is for another audience");
  EXPECT_EQ(Error(With({{"aud", ""}})), "the token is for another audience");
}

TEST(ClaimsTest, User) {
  EXPECT_EQ(Error({{"exp", kNow + 60}}), "the token has no \"sub\": it names no user");
  EXPECT_EQ(Error(With({{"sub", 5}})), "the token has a claim \"sub\" that is not a string");
  const std::string problem =
      "the token has a claim \"sub\" that is not 1 to 256 bytes without control characters";
  for (const std::string& user : {std::string(), std::string(257, 'a'), std::string("a\nb"),
                                  std::string("a\0b", 3), std::string("a\xC2\x85")}) {
    EXPECT_EQ(Error(With({{"sub", user}})), problem);
  }
  EXPECT_TRUE(Read(With({{"sub", std::string(256, 'a')}})).ok());
  EXPECT_TRUE(Read(With({{"sub", "zoë 👍"}})).ok());
}

TEST(ClaimsTest, Name) {
  EXPECT_EQ(Error(With({{"name", 5}})), "the token has a claim \"name\" that is not a string");
  EXPECT_EQ(Read(Usual())->name, "");
}

TEST(ClaimsTest, RoomsForAll) {
  const auto identity = Read(With({{"rooms", {"tea", "team-*"}}}));
  ASSERT_TRUE(identity.ok()) << identity.status();
  for (const RoomPatterns* rooms :
       {&identity->permissions.join, &identity->permissions.publish, &identity->permissions.list}) {
    EXPECT_TRUE(rooms->Has("tea"));
    EXPECT_TRUE(rooms->Has("team-a"));
    EXPECT_FALSE(rooms->Has("milk"));
  }
}

TEST(ClaimsTest, RoomsForEach) {
  const auto identity =
      Read(With({{"rooms", {{"join", {"*"}}, {"publish", {"tea"}}, {"other", 5}}}}));
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_TRUE(identity->permissions.join.Has("milk"));
  EXPECT_TRUE(identity->permissions.publish.Has("tea"));
  EXPECT_FALSE(identity->permissions.publish.Has("milk"));
  EXPECT_FALSE(identity->permissions.list.Has("tea"));
}

TEST(ClaimsTest, NoRooms) {
  for (const json& rooms : {json::array(), json::object()}) {
    const auto identity = Read(With({{"rooms", rooms}}));
    ASSERT_TRUE(identity.ok()) << identity.status();
    EXPECT_FALSE(identity->permissions.join.Has("tea"));
    EXPECT_FALSE(identity->permissions.list.Has("tea"));
  }
}

TEST(ClaimsTest, RoomsOfTheWrongType) {
  for (const json& rooms :
       {json("tea"), json(5), json(nullptr), json(true), json::array({"tea", 5}),
        json::array({"a*b"}), json::array({""}), json{{"join", "tea"}},
        json{{"publish", {"tea", nullptr}}}, json{{"list", nullptr}}}) {
    EXPECT_EQ(Error(With({{"rooms", rooms}})).substr(0, 43),
              "the token has a claim \"rooms\" that is not a");
  }
}

TEST(ClaimsTest, TheClaimOfRoomsMayHaveAnotherNameAndBeRequired) {
  JwtSettings settings = {.rooms_claim = "https://example.com/rooms"};
  const auto identity =
      Read(With({{"rooms", 5}, {"https://example.com/rooms", {"tea"}}}), settings);
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_FALSE(identity->permissions.join.Has("milk"));
  EXPECT_TRUE(Read(Usual(), settings).ok());
  settings.rooms_required = true;
  EXPECT_EQ(Error(Usual(), settings),
            "the token has no \"https://example.com/rooms\", which is required");
}

}  // namespace
}  // namespace fanfare
