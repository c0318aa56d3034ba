#include "core/foreign_page.h"

#include <gtest/gtest.h>

#include <string>

namespace fanfare {
namespace {

HostName Host(const std::string& host) {
  Request request;
  request.headers = {{"host", host}};
  return HostName::Of(request);
}

bool IsForeign(Request::Fields headers) {
  Request request;
  request.headers = std::move(headers);
  return IsFromForeignPage(request);
}

TEST(HostNameTest, TellsAddressesFromNames) {
  for (const char* host :
       {"127.0.0.1", "127.0.0.1:8081", "192.0.2.7:80", "[::1]", "[2001:db8::1]:9"}) {
    EXPECT_TRUE(Host(host).is_address()) << host;
  }
  for (const char* host : {"", "localhost", "example.com:80", "[::1", "[192.0.2.1]", "::1",
                           "127.0.0.1.example", "a@127.0.0.1"}) {
    EXPECT_FALSE(Host(host).is_address()) << host;
  }
  EXPECT_TRUE(Host("127.1.2.3:80").is_loopback());
  EXPECT_TRUE(Host("[::1]:80").is_loopback());
  EXPECT_FALSE(Host("192.0.2.7").is_loopback());
  EXPECT_FALSE(Host("localhost").is_loopback());
}

TEST(HostNameTest, TellsTheNameWithoutThePort) {
  EXPECT_TRUE(Host("LocalHost:8081").is_localhost());
  EXPECT_FALSE(Host("localhost.example").is_localhost());
  EXPECT_EQ(Host("Fanfare.example:80").name(), "Fanfare.example");
  EXPECT_EQ(Host("fanfare.example").name(), "fanfare.example");
  EXPECT_EQ(HostName::Of(Request()).name(), "");
}

TEST(ForeignPageTest, ProgramsAndOwnPagesAreNot) {
  EXPECT_FALSE(IsForeign({{"Host", "localhost:8081"}}));
  EXPECT_FALSE(IsForeign({{"Host", "localhost:8081"}, {"Origin", "http://localhost:8081"}}));
  EXPECT_FALSE(IsForeign({{"Host", "localhost"}, {"Sec-Fetch-Site", "same-origin"}}));
  // A person typed the address.
  EXPECT_FALSE(IsForeign({{"Host", "localhost"}, {"Sec-Fetch-Site", "none"}}));
}

TEST(ForeignPageTest, PagesOfOthersAre) {
  for (const char* origin : {"", "null", "http://localhost", "http://localhost:3000",
                             "https://other.example", "localhost:8081"}) {
    EXPECT_TRUE(IsForeign({{"Host", "localhost:8081"}, {"Origin", origin}})) << origin;
  }
  for (const char* site : {"cross-site", "same-site", "something-new"}) {
    EXPECT_TRUE(IsForeign({{"Host", "localhost"}, {"Sec-Fetch-Site", site}})) << site;
  }
}

}  // namespace
}  // namespace fanfare
