#include "routes/chat/api_access.h"

#include <gtest/gtest.h>

#include <boost/asio/ip/address.hpp>
#include <string>
#include <vector>

namespace fanfare::chat {
namespace {

using Headers = Request::Fields;

// The status that a request is refused with; 0 if it is not.
int StatusOf(const ApiAccess& access, Headers headers, const char* peer = "127.0.0.1") {
  Request request;
  request.headers = std::move(headers);
  request.peer = Endpoint(boost::asio::ip::make_address(peer), 50'000);
  const auto refusal = access.Refuse(request);
  return refusal ? refusal->status : 0;
}

TEST(ApiAccessTest, WithKeysOneOfThemIsNeeded) {
  const ApiAccess access({"first-key", "second=="}, true);
  const auto with = [&](const std::string& value) {
    return StatusOf(access, {{"Host", "localhost"}, {"authorization", value}});
  };
  EXPECT_EQ(with("Bearer first-key"), 0);
  EXPECT_EQ(with("Bearer second=="), 0);
  EXPECT_EQ(with("bearer   first-key"), 0);
  for (const char* value : {"", "Bearer", "Bearer ", "Bearer   ", "first-key", "Basic first-key",
                            "Bearer first-ke", "Bearer first-key2", "Bearer first-key ",
                            "Bearer First-key", "Bearer first-key second=="}) {
    EXPECT_EQ(with(value), 401) << value;
  }
  EXPECT_EQ(StatusOf(access, {{"Host", "localhost"}}), 401);
}

TEST(ApiAccessTest, WithAKeyItDoesNotMatterWhereARequestComesFrom) {
  const ApiAccess access({"key"}, false);
  EXPECT_EQ(StatusOf(access,
                     {{"Host", "chat.example"},
                      {"Origin", "https://other.example"},
                      {"X-Forwarded-For", "192.0.2.1"},
                      {"Authorization", "Bearer key"}},
                     "192.0.2.7"),
            0);
}

TEST(ApiAccessTest, WithoutKeysThisMachineMayIfNoOtherCanReachTheServer) {
  const Headers headers = {{"Host", "localhost:8080"}};
  const ApiAccess loopback({}, true);
  EXPECT_EQ(StatusOf(loopback, headers), 0);
  EXPECT_EQ(StatusOf(loopback, headers, "::1"), 0);
  EXPECT_EQ(StatusOf(loopback, headers, "192.0.2.7"), 401);
  const ApiAccess open({}, false);
  EXPECT_EQ(StatusOf(open, headers), 401);
  EXPECT_EQ(StatusOf(open, {{"Host", "localhost"}, {"Authorization", "Bearer "}}), 401);
}

TEST(ApiAccessTest, WithoutKeysAProxyLetsNobodyIn) {
  const ApiAccess access({}, true);
  for (const char* name : {"Forwarded", "x-forwarded-for", "X-Real-Ip", "Via"}) {
    EXPECT_EQ(StatusOf(access, {{"Host", "localhost"}, {name, ""}}), 401) << name;
  }
}

TEST(ApiAccessTest, WithoutKeysTheHostIsThisMachine) {
  const ApiAccess access({}, true);
  for (const char* host :
       {"localhost", "LocalHost:8080", "127.0.0.1", "127.1.2.3:80", "[::1]", "[::1]:8080"}) {
    EXPECT_EQ(StatusOf(access, {{"Host", host}}), 0) << host;
  }
  for (const char* host :
       {"", "rebound.example", "localhost.example:80", "192.0.2.1", "0.0.0.0", "[::]", "[::1",
        "[192.0.2.1]", "::1", "127.0.0.1.example", "a@localhost"}) {
    EXPECT_EQ(StatusOf(access, {{"Host", host}}), 403) << host;
  }
  EXPECT_EQ(StatusOf(access, {}), 403);
}

TEST(ApiAccessTest, WithoutKeysPagesOfOtherSitesAreRefused) {
  const ApiAccess access({}, true);
  const auto from = [&](const char* origin) {
    return StatusOf(access, {{"Host", "localhost:8080"}, {"Origin", origin}});
  };
  EXPECT_EQ(from("http://localhost:8080"), 0);
  EXPECT_EQ(from("http://LOCALHOST:8080"), 0);
  for (const char* origin :
       {"", "null", "http://localhost", "http://localhost:3000", "http://127.0.0.1:8080",
        "https://other.example", "localhost:8080", "http://localhost:8080.example"}) {
    EXPECT_EQ(from(origin), 403) << origin;
  }
}

TEST(ApiAccessTest, WhatCanBeAKey) {
  for (const char* text : {"a", "AZaz09-._~+/=", "Zm9v=="}) EXPECT_TRUE(ApiAccess::IsKey(text));
  for (const char* text : {"", "a b", "a\n", "é", "a\"", "a,b"}) {
    EXPECT_FALSE(ApiAccess::IsKey(text)) << text;
  }
}

TEST(ApiAccessTest, ARefusalTellsHowToComeIn) {
  Request request;
  request.peer = Endpoint(boost::asio::ip::address_v4::loopback(), 1);
  const auto refusal = ApiAccess({}, false).Refuse(request);
  ASSERT_TRUE(refusal.has_value());
  EXPECT_NE(refusal->body.find("options.api.keys"), std::string::npos);
  const Headers::value_type challenge = {"WWW-Authenticate", "Bearer"};
  EXPECT_EQ(refusal->headers.back(), challenge);
}

}  // namespace
}  // namespace fanfare::chat
