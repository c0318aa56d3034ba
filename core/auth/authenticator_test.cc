#include "core/auth/authenticator.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/auth/testing.h"

namespace fanfare {
namespace {

using std::chrono::seconds;
using testing::ClaimsFor;
using testing::MakeToken;

std::unique_ptr<Authenticator> Make(JwtSettings settings = {},
                                    const Authenticator* before = nullptr) {
  settings.key_file = testing::WriteTestFile("key", testing::kSecret);
  auto made = Authenticator::Make(settings, before);
  EXPECT_TRUE(made.ok()) << made.status();
  return *std::move(made);
}

Request With(const std::string& name, const std::string& value) {
  Request request;
  request.path = "/chat";
  request.headers.emplace_back(name, value);
  return request;
}

TEST(AuthenticatorTest, ARequestShowsItsToken) {
  const auto authenticator = Make({.cookie = "token"});
  const std::string token = MakeToken(ClaimsFor(seconds(60)));
  const Request header = With("Authorization", "Bearer " + token);
  const auto verified = authenticator->Verify(header);
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_EQ(verified->identity->user, "ada");
  EXPECT_FALSE(verified->shown.is_from_cookie);
  const Request cookie = With("Cookie", "token=" + token);
  const auto from_cookie = authenticator->Verify(cookie);
  ASSERT_TRUE(from_cookie.ok()) << from_cookie.status();
  EXPECT_TRUE(from_cookie->shown.is_from_cookie);
}

TEST(AuthenticatorTest, ACookieMustBeConfigured) {
  const Request cookie = With("Cookie", "token=" + MakeToken(ClaimsFor(seconds(60))));
  EXPECT_EQ(Make()->Verify(cookie).status().code(), absl::StatusCode::kNotFound);
}

TEST(AuthenticatorTest, WhatIsWrongIsTold) {
  const auto authenticator = Make();
  EXPECT_EQ(authenticator->Verify(Request()).status().code(), absl::StatusCode::kNotFound);
  const Request expired = With("Authorization", "Bearer " + MakeToken(ClaimsFor(seconds(-1))));
  EXPECT_EQ(authenticator->Verify(expired).status(),
            absl::UnauthenticatedError("the token has expired"));
  Request two = expired;
  two.headers.emplace_back("Sec-WebSocket-Protocol", "bearer.a.b.c");
  EXPECT_EQ(authenticator->Verify(two).status().code(), absl::StatusCode::kInvalidArgument);
  // Whatever a server in front of ours lets through.
  const Request odd = With("Authorization", std::string("Bearer \xff\0.\n.\"", 13));
  EXPECT_FALSE(authenticator->Verify(odd).ok());
}

TEST(AuthenticatorTest, AUserHasAsManyPlacesAsConfigured) {
  const auto authenticator = Make({.user_connections = 1});
  const Identity ada = {.user = "ada"};
  const Identity grace = {.user = "grace"};
  auto place = authenticator->Connect(ada);
  EXPECT_TRUE(place.has_value());
  EXPECT_FALSE(authenticator->Connect(ada).has_value());
  EXPECT_TRUE(authenticator->Connect(grace).has_value());
  place.reset();
  EXPECT_TRUE(authenticator->Connect(ada).has_value());
}

TEST(AuthenticatorTest, WhatReplacesItGoesOnCounting) {
  auto before = Make({.user_connections = 1});
  const Identity ada = {.user = "ada"};
  const auto place = before->Connect(ada);
  EXPECT_TRUE(place.has_value());
  const auto same = Make({.user_connections = 1}, before.get());
  const auto more = Make({.user_connections = 2}, before.get());
  before.reset();
  EXPECT_FALSE(same->Connect(ada).has_value());
  EXPECT_TRUE(more->Connect(ada).has_value());
}

TEST(AuthenticatorTest, ShardsUseItAtTheSameTime) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 50;
  const auto authenticator = Make({.user_connections = kThreads});
  const std::string good = MakeToken(ClaimsFor(seconds(1000)));
  const std::string bad = MakeToken(ClaimsFor(seconds(-1)));
  std::atomic<int> verified{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < kRounds; ++round) {
        const auto identity = authenticator->Verify(good);
        const auto place = authenticator->Connect(**identity);
        if (place && !authenticator->Verify(bad).ok()) ++verified;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(verified, kThreads * kRounds);
}

TEST(AuthenticatorTest, NeedsItsKeys) {
  const auto made = Authenticator::Make({.key_file = "/nowhere/key", .path = "routes[0].auth.jwt"});
  EXPECT_FALSE(made.ok());
}

}  // namespace
}  // namespace fanfare
