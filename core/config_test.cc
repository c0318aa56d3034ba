#include "core/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace fanfare {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::IsEmpty;
using ::testing::StartsWith;

Config Parse(std::string_view text) {
  auto config = ParseConfig(text);
  EXPECT_TRUE(config.ok()) << config.status();
  return config.ok() ? *config : Config{};
}

std::string Error(std::string_view text) {
  const auto config = ParseConfig(text);
  EXPECT_FALSE(config.ok()) << text;
  return std::string(config.status().message());
}

// A file that lasts as long as the test does.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::string_view text) : name_(testing::TempDir() + "config_XXXXXX") {
    const int descriptor = mkstemp(name_.data());
    EXPECT_GE(descriptor, 0);
    std::ofstream(name_) << text;
  }
  ~TemporaryFile() { std::filesystem::remove(name_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  const std::string& name() const { return name_; }

 private:
  std::string name_;
};

TEST(ConfigTest, EverythingHasADefault) {
  for (const char* text : {"{}", R"({"limits": {}, "routes": []})"}) {
    const Config config = Parse(text);
    const Config defaults;
    EXPECT_THAT(config.listen, ElementsAre("localhost:8080"));
    EXPECT_EQ(config.threads, 0);
    EXPECT_EQ(config.egress, EgressChoice::kAuto);
    EXPECT_FALSE(config.log_messages);
    EXPECT_EQ(config.limits.message_bytes, defaults.limits.message_bytes);
    EXPECT_EQ(config.limits.idle_time, defaults.limits.idle_time);
    EXPECT_THAT(config.routes, IsEmpty());
  }
}

TEST(ConfigTest, ReadsEverything) {
  const Config config = Parse(R"({
    // Comments are allowed.
    "listen": ["127.0.0.1:9000", "[::1]:9000"],
    "threads": 3,
    "egress": "syscalls",
    "log_messages": true,
    "limits": {
      "message_bytes": 1001, "message_frames": 14, "message_seconds": 16,
      "control_frames_per_second": 15,
      "outbox_bytes": 1012, "log_bytes": 1013, "handshake_seconds": 4,
      "idle_seconds": 5, "header_bytes": 1006, "body_bytes": 7, "connections": 8,
      "connections_per_address": 12, "requests_per_second": 17, "handshakes_per_second": 13,
      "messages_per_second": 9, "bytes_per_second": 1010, "rate_seconds": 11, "shutdown_seconds": 0
    },
    "routes": [
      {"route": "chat", "patterns": ["/a", "/b/{room}"], "options": {"max_rooms": 5}},
      {"route": "echo"},
      {"route": "health", "patterns": [], "options": null}
    ]
  })");
  EXPECT_THAT(config.listen, ElementsAre("127.0.0.1:9000", "[::1]:9000"));
  EXPECT_EQ(config.threads, 3);
  EXPECT_EQ(config.egress, EgressChoice::kSyscalls);
  EXPECT_TRUE(config.log_messages);
  EXPECT_EQ(config.limits.message_bytes, 1001U);
  EXPECT_EQ(config.limits.message_frames, 14U);
  EXPECT_EQ(config.limits.message_time.count(), 16);
  EXPECT_EQ(config.limits.control_frames_per_second, 15U);
  EXPECT_EQ(config.limits.outbox_bytes, 1012U);
  EXPECT_EQ(config.limits.log_bytes, 1013U);
  EXPECT_EQ(config.limits.handshake_time.count(), 4);
  EXPECT_EQ(config.limits.idle_time.count(), 5);
  EXPECT_EQ(config.limits.header_bytes, 1006U);
  EXPECT_EQ(config.limits.body_bytes, 7U);
  EXPECT_EQ(config.limits.connections, 8U);
  EXPECT_EQ(config.limits.connections_per_address, 12U);
  EXPECT_EQ(config.limits.requests_per_second, 17U);
  EXPECT_EQ(config.limits.handshakes_per_second, 13U);
  EXPECT_EQ(config.limits.messages_per_second, 9U);
  EXPECT_EQ(config.limits.bytes_per_second, 1010U);
  EXPECT_EQ(config.limits.rate_time.count(), 11);
  EXPECT_EQ(config.limits.shutdown_time.count(), 0);

  ASSERT_EQ(config.routes.size(), 3U);
  EXPECT_EQ(config.routes[0].route, "chat");
  EXPECT_EQ(config.routes[0].path, "routes[0]");
  ASSERT_TRUE(config.routes[0].patterns.has_value());
  EXPECT_THAT(*config.routes[0].patterns, ElementsAre("/a", "/b/{room}"));
  EXPECT_EQ(config.routes[0].options, nlohmann::json::parse(R"({"max_rooms": 5})"));
  // Absent is not the same as empty.
  EXPECT_FALSE(config.routes[1].patterns.has_value());
  EXPECT_EQ(config.routes[1].options, nlohmann::json::object());
  EXPECT_EQ(config.routes[1].path, "routes[1]");
  ASSERT_TRUE(config.routes[2].patterns.has_value());
  EXPECT_THAT(*config.routes[2].patterns, IsEmpty());
  EXPECT_EQ(config.routes[2].options, nlohmann::json::object());
}

TEST(ConfigTest, ListenMayBeOneString) {
  EXPECT_THAT(Parse(R"({"listen": "*:80"})").listen, ElementsAre("*:80"));
}

TEST(ConfigTest, ReadsTls) {
  const Config config = Parse(R"({
    "listen": ["https://127.0.0.1:9000"],
    "tls": {"certificates": [{"certificate": "a.pem", "key": "a.key"},
                             {"certificate": "b.pem", "key": "b.key"}], "min_version": "1.3"}
  })");
  ASSERT_EQ(config.tls.certificates.size(), 2U);
  EXPECT_EQ(config.tls.certificates[0].certificate, "a.pem");
  EXPECT_EQ(config.tls.certificates[1].key, "b.key");
  EXPECT_EQ(config.tls.min_version, TlsVersion::k13);
  EXPECT_EQ(Parse("{}").tls.min_version, TlsVersion::k12);
}

TEST(ConfigTest, ReadsProxies) {
  const Config config =
      Parse(R"({"proxies": {"addresses": ["10.0.0.0/8", "::1"], "protocol": "proxy_protocol"}})");
  EXPECT_THAT(config.proxies.addresses(), ElementsAre("10.0.0.0/8", "::1"));
  EXPECT_EQ(config.proxies.protocol(), ProxyProtocol::kProxyProtocol);
  EXPECT_THAT(Parse("{}").proxies.addresses(), IsEmpty());
  EXPECT_THAT(Error(R"({"proxies": {"addresses": ["::1", "10/8"]}})"),
              StartsWith("proxies.addresses[1]: \"10/8\": expected an IP address or a network"));
  EXPECT_THAT(Error(R"({"proxies": {"protocol": "forwarded"}})"), StartsWith("proxies.protocol: "));
}

TEST(ConfigTest, TlsIsChecked) {
  EXPECT_EQ(Error(R"({"tls": {"certificates": {}}})"),
            "tls.certificates: expected an array of objects, got an object");
  EXPECT_EQ(Error(R"({"tls": {"certificates": [{"certificate": "a.pem"}]}})"),
            "tls.certificates[0].key: missing; expected the name of a PEM file");
  EXPECT_THAT(Error(R"({"tls": {"certificates": [{"certificat": "a.pem", "key": "a"}]}})"),
              StartsWith("tls.certificates[0].certificate: missing"));
  EXPECT_THAT(Error(R"({"tls": {"min_version": "1.1"}})"), StartsWith("tls.min_version: "));
  EXPECT_EQ(Error(R"({"admin": {"listen": "https://localhost:1"}})"),
            "admin.listen: TLS is spoken at the addresses of listen alone");
}

TEST(ConfigTest, SimpleValuesAreChecked) {
  EXPECT_EQ(Error(R"({"threads": 257})"),
            "threads: expected a whole number from 0 to 256, got 257");
  EXPECT_EQ(Error(R"({"threads": -1})"), "threads: expected a whole number from 0 to 256, got -1");
  EXPECT_EQ(Error(R"({"log_messages": "yes"})"),
            "log_messages: expected true or false, got \"yes\"");
  EXPECT_EQ(Error(R"({"egress": "epoll"})"),
            "egress: expected one of \"auto\", \"io_uring\", \"syscalls\", got \"epoll\"");
  EXPECT_EQ(Error(R"({"egress": 1})"),
            "egress: expected one of \"auto\", \"io_uring\", \"syscalls\", got 1");
  EXPECT_EQ(Parse(R"({"threads": 256})").threads, 256);
}

TEST(ConfigTest, LimitsAreChecked) {
  EXPECT_EQ(Error(R"({"limits": {"message_bytes": "big"}})"),
            "limits.message_bytes: expected a whole number from 1 to 1073741824, got \"big\"");
  EXPECT_EQ(Error(R"({"limits": {"mesage_bytes": 1}})"),
            "limits.mesage_bytes: unknown key; did you mean \"message_bytes\"?");
  EXPECT_EQ(Error(R"({"limits": []})"), "limits: expected an object, got an array");
  for (const char* name : {"message_bytes", "outbox_bytes", "log_bytes", "handshake_seconds",
                           "idle_seconds", "header_bytes", "rate_seconds"}) {
    EXPECT_THAT(Error(std::string(R"({"limits": {")") + name + R"(": 0}})"),
                AllOf(StartsWith(std::string("limits.") + name), EndsWith(", got 0")));
  }
}

TEST(ConfigTest, NothingAtAllIsAMistake) {
  for (const char* text : {"", " ", "null", "[]", "1"}) {
    EXPECT_FALSE(ParseConfig(text).ok()) << text;
  }
  EXPECT_EQ(Error("null"), "expected an object, got null");
}

TEST(ConfigTest, EveryLimitHasAnUpperBound) {
  for (const char* name :
       {"message_bytes", "message_frames", "message_seconds", "outbox_bytes", "log_bytes",
        "handshake_seconds", "idle_seconds", "header_bytes", "body_bytes", "connections",
        "connections_per_address", "requests_per_second", "handshakes_per_second",
        "messages_per_second", "bytes_per_second", "rate_seconds", "shutdown_seconds"}) {
    EXPECT_THAT(Error(std::string(R"({"limits": {")") + name + R"(": 9223372036854775807}})"),
                StartsWith(std::string("limits.") + name + ": expected a whole number from "));
  }
}

TEST(ConfigTest, RoutesAreChecked) {
  EXPECT_EQ(Error(R"({"routes": {}})"), "routes: expected an array of objects, got an object");
  EXPECT_EQ(Error(R"({"routes": ["chat"]})"), "routes[0]: expected an object, got \"chat\"");
  EXPECT_EQ(Error(R"({"routes": [{"route": "a"}, {}]})"),
            "routes[1].route: missing; expected the name of a route");
  EXPECT_EQ(Error(R"({"routes": [null]})"),
            "routes[0].route: missing; expected the name of a route");
  EXPECT_EQ(Error(R"({"routes": [{"route": 5}]})"), "routes[0].route: expected a string, got 5");
  EXPECT_EQ(Error(R"({"routes": [{"route": "a", "patterns": ["/", 1]}]})"),
            "routes[0].patterns[1]: expected a string, got 1");
  EXPECT_EQ(Error(R"({"routes": [{"route": "a", "patterns": null}]})"),
            "routes[0].patterns: expected an array of strings, got null");
  EXPECT_EQ(Error(R"({"routes": [{"route": "a", "options": 5}]})"),
            "routes[0].options: expected an object, got 5");
  EXPECT_EQ(Error(R"({"routes": [{"route": "a", "pattern": "/"}]})"),
            "routes[0].pattern: unknown key; did you mean \"patterns\"?");
}

TEST(ConfigTest, TheDocumentIsChecked) {
  EXPECT_EQ(Error("[]"), "expected an object, got an array");
  EXPECT_EQ(Error(R"({"route": []})"), "route: unknown key; did you mean \"routes\"?");
  EXPECT_EQ(
      Error(R"({"colour": 1})"),
      "colour: unknown key; known are admin, egress, limits, listen, log, log_messages, origins, "
      "proxies, require_origin, routes, threads, tls");
  EXPECT_THAT(Error("{\n  \"threads\": ,\n}"), StartsWith("line 2, column 14: syntax error"));
  EXPECT_EQ(Error(R"({"limits": {"log_bytes": 1, "log_bytes": 2}})"),
            "limits.log_bytes: this key occurs twice in its object");
  std::string deep = R"({"routes": [{"route": "a", "options": )";
  deep.append(100'000, '[').append(100'000, ']').append("}]}");
  EXPECT_THAT(Error(deep), StartsWith("routes[0].options[0][0]"));
}

TEST(ConfigTest, AdminAddressesAreRead) {
  EXPECT_THAT(Parse("{}").admin_listen, ElementsAre("localhost:8081"));
  EXPECT_TRUE(Parse("{}").is_admin_listen_default);
  EXPECT_THAT(Parse(R"({"admin": {"listen": []}})").admin_listen, IsEmpty());
  EXPECT_FALSE(Parse(R"({"admin": {"listen": "localhost:8081"}})").is_admin_listen_default);
  EXPECT_THAT(Parse(R"({"admin": {"hosts": ["Ops.example"]}})").admin_hosts,
              ElementsAre("Ops.example"));
  EXPECT_THAT(Error(R"({"admin": {"hosts": ["a", "ops.example:80"]}})"),
              StartsWith("admin.hosts[1]: expected the name of a machine"));
  EXPECT_THAT(Parse(R"({"admin": {"listen": "localhost:9100"}})").admin_listen,
              ElementsAre("localhost:9100"));
  EXPECT_THAT(Error(R"({"admin": {"listen": "9100"}})"),
              StartsWith("admin.listen: \"9100\": expected host:port"));
  EXPECT_THAT(Error(R"({"admin": {"port": 1}})"), StartsWith("admin.port: unknown key"));
}

TEST(ConfigTest, TheLogIsRead) {
  const LogSettings usual = Parse("{}").log;
  EXPECT_EQ(usual.format, LogFormat::kText);
  EXPECT_EQ(usual.level, LogLevel::kInfo);
  EXPECT_EQ(usual.lines_per_second, 1000U);
  const LogSettings log =
      Parse(R"({"log": {"format": "json", "level": "debug", "lines_per_second": 0}})").log;
  EXPECT_EQ(log.format, LogFormat::kJson);
  EXPECT_EQ(log.level, LogLevel::kDebug);
  EXPECT_EQ(log.lines_per_second, 0U);
  EXPECT_EQ(Error(R"({"log": {"format": "xml"}})"),
            "log.format: expected one of \"text\", \"json\", got \"xml\"");
  EXPECT_THAT(Error(R"({"log": {"level": 3}})"), StartsWith("log.level: expected "));
  EXPECT_THAT(Error(R"({"log": {"lines_per_second": -1}})"),
              StartsWith("log.lines_per_second: expected a whole number from 0 to "));
  EXPECT_THAT(Error(R"({"log": {"lines": 1}})"), StartsWith("log.lines: unknown key"));
}

TEST(ConfigTest, OriginsAreRead) {
  const auto config =
      ParseConfig(R"({"origins": "https://*.example.com", "require_origin": true})");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_TRUE(config->origins.Allows("https://www.example.com", "localhost"));
  EXPECT_TRUE(config->origins.is_required());
  EXPECT_EQ(Error(R"({"origins": ["https://example.com", "example.com"]})"),
            "origins[1]: \"example.com\": expected an origin such as https://example.com or "
            "https://*.example.com, without a path, or \"*\", or \"null\"");
  EXPECT_EQ(Error(R"({"origins": [1]})"), "origins[0]: expected a string, got 1");
}

TEST(ConfigTest, ReadsAFile) {
  const TemporaryFile file(R"({"threads": 7})");
  const auto config = ReadConfig(file.name());
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->threads, 7);
}

TEST(ConfigTest, ErrorsInAFileNameIt) {
  const TemporaryFile file(R"({"threads": "x"})");
  EXPECT_EQ(ReadConfig(file.name()).status().message(),
            file.name() + ": threads: expected a whole number from 0 to 256, got \"x\"");
}

TEST(ConfigTest, AFileThatCanNotBeReadIsAnError) {
  const std::string missing = testing::TempDir() + "there_is_no_such_file";
  const absl::Status not_found = ReadConfig(missing).status();
  EXPECT_EQ(not_found.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(not_found.message(), missing + ": can not open it: No such file or directory");

  const absl::Status directory = ReadConfig(testing::TempDir()).status();
  EXPECT_EQ(directory.message(), testing::TempDir() + ": can not read it: Is a directory");
}

TEST(ConfigTest, AFileThatDoesNotEndIsAnError) {
  EXPECT_THAT(std::string(ReadConfig("/dev/zero").status().message()),
              StartsWith("/dev/zero: larger than "));
}

TEST(ConfigTest, AnEmptyFileIsAnError) {
  EXPECT_THAT(std::string(ReadConfig("/dev/null").status().message()),
              StartsWith("/dev/null: line 1, column 1: "));
}

TEST(ConfigTest, ARouteMayAskForATokenInItsOwnEntry) {
  const Config config = Parse(R"({"routes": [
    {"route": "chat", "auth": {"jwt": {"algorithm": "RS256", "key_file": "key.pem"}}},
    {"route": "echo", "auth": "none"}, {"route": "page"}]})");
  ASSERT_TRUE(config.routes[0].auth.has_value());
  EXPECT_EQ(config.routes[0].auth->algorithm, Algorithm::kRs256);
  EXPECT_EQ(config.routes[0].auth->path, "routes[0].auth.jwt");
  EXPECT_FALSE(config.routes[1].auth.has_value());
  EXPECT_FALSE(config.routes[2].auth.has_value());
  EXPECT_EQ(Error(R"({"routes": [{"route": "a"}, {"route": "b", "auth": {"jwt": {}}}]})"),
            R"(routes[1].auth.jwt.algorithm: missing; expected one of "HS256", "RS256", "ES256")");
  // Never taken for "none".
  EXPECT_EQ(Error(R"({"routes": [{"route": "a", "auth": "jwt"}]})"),
            R"(routes[0].auth: expected "none" or {"jwt": {...}}, got "jwt")");
}

}  // namespace
}  // namespace fanfare
