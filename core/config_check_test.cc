// What a configuration must hold; see CheckConfig.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "core/config.h"

namespace fanfare {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::StartsWith;

std::string Error(std::string_view text) {
  const auto config = ParseConfig(text);
  EXPECT_FALSE(config.ok()) << text;
  return std::string(config.status().message());
}

void ExpectRight(std::string_view text) {
  EXPECT_TRUE(ParseConfig(text).ok()) << ParseConfig(text).status();
}

TEST(ConfigCheckTest, ListenIsChecked) {
  EXPECT_THAT(Error(R"({"listen": "8080"})"), StartsWith("listen: \"8080\": expected host:port"));
  EXPECT_THAT(Error(R"({"listen": ["*:80", "example.com:80"]})"),
              StartsWith("listen[1]: \"example.com:80\": expected an IP address"));
  EXPECT_EQ(Error(R"({"listen": []})"), "listen: expected at least one address");
  EXPECT_EQ(Error(R"({"listen": 8080})"), "listen: expected an array of strings, got 8080");
  EXPECT_EQ(Error(R"({"listen": ["*:1", 80]})"), "listen[1]: expected a string, got 80");
}

TEST(ConfigCheckTest, AnAddressCanBeHadOnce) {
  EXPECT_EQ(Error(R"({"listen": ["127.0.0.1:80", "localhost:81", "localhost:80"]})"),
            "listen: \"localhost:80\": another entry, \"127.0.0.1:80\", has this address");
  EXPECT_EQ(Error(R"({"listen": ["127.0.0.1:80", "https://127.0.0.1:80"]})"),
            "listen: \"https://127.0.0.1:80\": another entry, \"127.0.0.1:80\", has this address");
  EXPECT_EQ(Error(R"({"listen": ["[::1]:80", "*:80"]})"),
            "listen: \"*:80\": another entry, \"[::1]:80\", has this address");
  EXPECT_EQ(Error(R"({"listen": "*:80", "admin": {"listen": "127.0.0.1:80"}})"),
            "admin.listen: \"127.0.0.1:80\": another entry, \"*:80\", has this address");
  ExpectRight(R"({"listen": ["127.0.0.1:80", "127.0.0.2:80", "[::]:80", "127.0.0.1:81"]})");
  ExpectRight(R"({"listen": ["127.0.0.1:0", "localhost:0", "*:0"]})");
  // Another one will do there, as long as nobody has chosen it.
  ExpectRight(R"({"listen": "localhost:8081"})");
}

TEST(ConfigCheckTest, BuffersMustHoldOneMessage) {
  EXPECT_EQ(Error(R"({"limits": {"message_bytes": 1000, "outbox_bytes": 1009}})"),
            "limits.outbox_bytes: expected at least 1010 to hold one message of 1000 bytes "
            "(limits.message_bytes) and its header, got 1009");
  EXPECT_EQ(Error(R"({"limits": {"message_bytes": 1000, "log_bytes": 1009}})"),
            "limits.log_bytes: expected at least 1010 to hold one message of 1000 bytes "
            "(limits.message_bytes) and its header, got 1009");
  // The largest message that the defaults hold, and one byte more.
  ExpectRight(R"({"limits": {"message_bytes": 4194294}})");
  EXPECT_THAT(Error(R"({"limits": {"message_bytes": 4194295}})"),
              AllOf(StartsWith("limits.outbox_bytes: "), EndsWith("got 4194304")));
  ExpectRight(R"({"limits": {"message_bytes": 1000, "outbox_bytes": 1010, "log_bytes": 1010}})");
  ExpectRight(R"({"limits": {"message_bytes": 1073741824, "outbox_bytes": 1073741834,
                       "log_bytes": 1073741834}})");
}

TEST(ConfigCheckTest, OneMessageMustBeAbleToComeInTime) {
  EXPECT_EQ(
      Error(R"({"limits": {"message_bytes": 1001, "bytes_per_second": 100}})"),
      "limits.bytes_per_second: expected 0 or at least 101, so that one message of 1001 bytes "
      "(limits.message_bytes) can come within 10 s (limits.rate_seconds), got 100");
  ExpectRight(R"({"limits": {"message_bytes": 1001, "bytes_per_second": 101}})");
  ExpectRight(
      R"({"limits": {"message_bytes": 1001, "bytes_per_second": 1, "rate_seconds": 1001}})");
}

TEST(ConfigCheckTest, WhatFlagsSetIsCheckedToo) {
  EXPECT_TRUE(CheckConfig(Config()).ok());
  EXPECT_EQ(CheckConfig({.listen = {}}).message(), "listen: expected at least one address");
  EXPECT_THAT(std::string(CheckConfig({.listen = {"*:1", "8080"}}).message()),
              StartsWith("listen[1]: \"8080\": expected host:port"));
  EXPECT_EQ(CheckConfig({.threads = -1}).message(),
            "threads: expected a whole number from 0 to 256, got -1");
  EXPECT_FALSE(CheckConfig({.threads = 257}).ok());
  EXPECT_TRUE(CheckConfig({.threads = 256}).ok());
  EXPECT_FALSE(CheckConfig({.limits = {.message_bytes = 100, .outbox_bytes = 109}}).ok());
  EXPECT_FALSE(CheckConfig({.limits = {.message_bytes = 100, .log_bytes = 109}}).ok());
}

TEST(ConfigCheckTest, PassedSocketsHaveOneEntry) {
  EXPECT_TRUE(CheckConfig({.listen = {"systemd"}}).ok());
  EXPECT_TRUE(CheckConfig({.listen = {"systemd:a", "localhost:80", "systemd:b"}}).ok());
  EXPECT_TRUE(CheckConfig({.listen = {"systemd:a"}, .admin_listen = {"systemd:b"}}).ok());
  EXPECT_EQ(CheckConfig({.listen = {"systemd:a", "systemd:a"}}).message(),
            "listen: \"systemd:a\": another entry has these sockets");
  EXPECT_EQ(CheckConfig({.listen = {"systemd"}, .admin_listen = {"systemd:b"}}).message(),
            "admin.listen: \"systemd:b\": another entry has these sockets");
}

TEST(ConfigCheckTest, ACookieIsNotForThePagesOfAllSites) {
  constexpr std::string_view kRoutes =
      R"("routes": [{"route": "a", "auth": {"jwt": {"algorithm": "HS256", "key_file": "key",
                                                    "cookie": "token"}}}]})";
  ExpectRight("{" + std::string(kRoutes));
  ExpectRight(R"({"origins": ["https://example.com"], )" + std::string(kRoutes));
  EXPECT_EQ(
      Error(R"({"origins": ["https://example.com", "*"], )" + std::string(kRoutes)),
      "routes[0].auth.jwt.cookie: with \"origins\": \"*\", the page of any site could use it");
}

}  // namespace
}  // namespace fanfare
