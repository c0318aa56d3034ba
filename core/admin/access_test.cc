#include "core/admin/access.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace fanfare {
namespace {

using Headers = Request::Fields;

// The status that a request is refused with; 0 if it is not.
int StatusOf(std::string method, Headers headers) {
  const AdminAccess access({"fanfare.example"});
  Request request;
  request.method = std::move(method);
  request.headers = std::move(headers);
  const auto refusal = access.Refuse(request);
  return refusal ? refusal->status : 0;
}

TEST(AdminAccessTest, TheHostIsAnAddressOrAKnownName) {
  for (const char* host : {"127.0.0.1:8081", "192.0.2.7", "[::1]:8081", "localhost", "LOCALHOST:1",
                           "Fanfare.example:8081"}) {
    EXPECT_EQ(StatusOf("GET", {{"Host", host}}), 0) << host;
  }
  for (const char* host : {"", "rebound.example", "fanfare.example.org", "a.fanfare.example",
                           "localhost.example:8081"}) {
    EXPECT_EQ(StatusOf("GET", {{"Host", host}}), 403) << host;
    EXPECT_EQ(StatusOf("HEAD", {{"Host", host}}), 403) << host;
  }
  EXPECT_EQ(StatusOf("GET", {}), 403);
}

TEST(AdminAccessTest, WhatChangesSomethingIsJsonAndOfNoOtherSite) {
  const Headers host = {{"Host", "localhost:8081"}};
  const auto post = [&](Headers headers) {
    headers.insert(headers.begin(), host.begin(), host.end());
    return StatusOf("POST", headers);
  };
  EXPECT_EQ(post({{"Content-Type", "application/json"}}), 0);
  EXPECT_EQ(post({{"content-type", "Application/JSON; charset=utf-8"}}), 0);
  EXPECT_EQ(post({{"Content-Type", "application/json"}, {"Origin", "http://localhost:8081"}}), 0);
  for (const char* type : {"", "text/plain", "application/x-www-form-urlencoded", "json"}) {
    EXPECT_EQ(post({{"Content-Type", type}}), 415) << type;
  }
  EXPECT_EQ(post({}), 415);
  for (const char* origin : {"null", "http://localhost", "https://other.example"}) {
    EXPECT_EQ(post({{"Content-Type", "application/json"}, {"Origin", origin}}), 403) << origin;
  }
  EXPECT_EQ(post({{"Content-Type", "application/json"}, {"Sec-Fetch-Site", "cross-site"}}), 403);
  EXPECT_EQ(StatusOf("PUT", {{"Host", "localhost"}}), 415);
  // Following a link of another site to the page is no harm.
  EXPECT_EQ(StatusOf("GET", {{"Host", "localhost"}, {"Sec-Fetch-Site", "cross-site"}}), 0);
}

}  // namespace
}  // namespace fanfare
