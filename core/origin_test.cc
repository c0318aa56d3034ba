#include "core/origin.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "core/compat.h"

namespace fanfare {
namespace {

OriginPolicy Policy(std::vector<std::string> allowed, bool required = false) {
  absl::StatusOr<OriginPolicy> policy = OriginPolicy::Make(std::move(allowed), required);
  EXPECT_TRUE(policy.ok()) << policy.status();
  return policy.ok() ? *std::move(policy) : OriginPolicy();
}

TEST(OriginPolicyTest, PagesOfTheServerItselfAreAllowed) {
  const OriginPolicy policy;
  EXPECT_TRUE(policy.Allows("http://localhost:8080", "localhost:8080"));
  EXPECT_TRUE(policy.Allows("http://LOCALHOST:8080", "localhost:8080"));
  EXPECT_TRUE(policy.Allows("http://[::1]:8080", "[::1]:8080"));
  EXPECT_TRUE(policy.Allows("https://chat.example.com", "chat.example.com"));
  EXPECT_TRUE(policy.Allows("https://chat.example.com", "chat.example.com:443"));
  EXPECT_TRUE(policy.Allows("https://chat.example.com", "chat.example.com."));
  EXPECT_TRUE(policy.Allows("http://chat.example.com", "chat.example.com:80"));
}

TEST(OriginPolicyTest, ThroughTlsOnlyPagesThatCameThroughItAre) {
  const OriginPolicy policy;
  EXPECT_TRUE(policy.Allows("https://chat.example.com", "chat.example.com", true));
  EXPECT_TRUE(policy.Allows("https://chat.example.com:8443", "chat.example.com:8443", true));
  EXPECT_FALSE(policy.Allows("http://chat.example.com", "chat.example.com", true));
  EXPECT_FALSE(policy.Allows("http://chat.example.com:8443", "chat.example.com:8443", true));
  // Those that are asked for are what was asked for.
  EXPECT_TRUE(Policy({"http://chat.example.com"}).Allows("http://chat.example.com", "a", true));
  EXPECT_TRUE(policy.Allows("", "chat.example.com", true));
}

TEST(OriginPolicyTest, PagesOfOthersAreNot) {
  const OriginPolicy policy;
  EXPECT_FALSE(policy.Allows("https://evil.example", "chat.example.com"));
  EXPECT_FALSE(policy.Allows("http://localhost:3000", "localhost:8080")) << "another port";
  EXPECT_FALSE(policy.Allows("https://chat.example.com", "chat.example.com:80"));
  EXPECT_FALSE(policy.Allows("https://chat.example.com.evil.example", "chat.example.com"));
  EXPECT_FALSE(policy.Allows("https://evilchat.example.com", "chat.example.com"));
  EXPECT_FALSE(policy.Allows("null", "null")) << "a file, or a sandboxed frame";
  EXPECT_FALSE(policy.Allows("http://localhost:8080", "")) << "no Host";
}

TEST(OriginPolicyTest, WhatIsNoOriginIsNotAllowed) {
  const OriginPolicy policy = Policy({"https://example.com"});
  for (const char* origin :
       {"example.com", "https://", "https://example.com/", "https://example.com/a",
        "https://a@example.com", "https://example.com?", "https://example.com#", "https://*",
        "https://example.com https://example.com", "https://example.com:99999", " ", "\xff", "a:<",
        "a:\\\\", "https:example.com", "1://example.com", "://example.com",
        "h\xafp://example.com"}) {
    EXPECT_FALSE(policy.Allows(origin, "example.com")) << origin;
  }
  EXPECT_FALSE(policy.Allows("https://example.org", "a@example.org"));
  EXPECT_FALSE(policy.Allows("https://example.org", "example.org/"));
}

TEST(OriginPolicyTest, WhoIsNoBrowserIsAllowedUnlessAnOriginIsRequired) {
  EXPECT_TRUE(OriginPolicy().Allows("", "localhost"));
  EXPECT_TRUE(Policy({"https://example.com"}).Allows("", "localhost"));
  EXPECT_FALSE(Policy({"*"}, true).Allows("", "localhost"));
  EXPECT_TRUE(Policy({}, true).Allows("http://localhost", "localhost"));
}

TEST(OriginPolicyTest, ConfiguredOriginsAreAllowed) {
  const OriginPolicy policy = Policy({"https://example.com", "http://localhost:5173"});
  EXPECT_TRUE(policy.Allows("https://example.com", "fanfare:8080"));
  EXPECT_TRUE(policy.Allows("https://EXAMPLE.com:443", "fanfare:8080"));
  EXPECT_TRUE(policy.Allows("http://localhost:5173", "fanfare:8080"));
  EXPECT_FALSE(policy.Allows("http://example.com", "fanfare:8080")) << "another scheme";
  EXPECT_FALSE(policy.Allows("https://www.example.com", "fanfare:8080"));
  EXPECT_FALSE(policy.Allows("http://localhost:5174", "fanfare:8080"));
  EXPECT_FALSE(policy.Allows("null", "fanfare:8080"));
}

TEST(OriginPolicyTest, AStarStandsForAllHostsBelow) {
  const OriginPolicy policy = Policy({"https://*.example.com"});
  EXPECT_TRUE(policy.Allows("https://www.example.com", ""));
  EXPECT_TRUE(policy.Allows("https://a.b.example.com", ""));
  EXPECT_FALSE(policy.Allows("https://example.com", ""));
  EXPECT_FALSE(policy.Allows("https://.example.com", ""));
  EXPECT_FALSE(policy.Allows("https://badexample.com", ""));
  EXPECT_FALSE(policy.Allows("https://www.example.com:8443", ""));
  EXPECT_FALSE(policy.Allows("https://www.example.com.evil.example", ""));
}

TEST(OriginPolicyTest, AllOrThoseWithoutOneCanBeAllowed) {
  EXPECT_TRUE(Policy({"*"}).Allows("https://evil.example", "localhost"));
  EXPECT_TRUE(Policy({"*"}).Allows("null", "localhost"));
  EXPECT_TRUE(Policy({"null"}).Allows("null", "localhost"));
  EXPECT_FALSE(Policy({"null"}).Allows("https://evil.example", "localhost"));
}

TEST(OriginPolicyTest, AMistakeIsNamed) {
  for (const char* wrong : {"example.com", "https://example.com/", "https://example.com/chat",
                            "https://*", "https://*.", "https://a.*.com", "https://a*.com",
                            "*.example.com", "", "https://me@example.com"}) {
    const absl::Status status = OriginPolicy::Make({"*", wrong}, false).status();
    ASSERT_FALSE(status.ok()) << wrong;
    EXPECT_NE(
        ToStd(status.message()).find("[1]: \"" + std::string(wrong) + "\": expected an origin"),
        std::string::npos)
        << status;
  }
}

}  // namespace
}  // namespace fanfare
