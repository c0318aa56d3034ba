#include "core/config_text.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "absl/strings/str_split.h"
#include "core/compat.h"
#include "core/config.h"

namespace fanfare {
namespace {

Config Parse(std::string_view text) {
  const auto config = ParseConfig(text);
  EXPECT_TRUE(config.ok()) << config.status() << "\n" << text;
  return config.ok() ? *config : Config{};
}

// The settings that there are, which the error about one that there is not lists.
std::vector<std::string> Known(std::string_view text) {
  const std::string error(ToStd(ParseConfig(text).status().message()));
  constexpr std::string_view kBefore = "known are ";
  const std::size_t at = error.find(kBefore);
  if (at == std::string::npos) {
    ADD_FAILURE() << error;
    return {};
  }
  return absl::StrSplit(error.substr(at + kBefore.size()), ", ");
}

TEST(ConfigTextTest, IsReadBackAsItWas) {
  const std::string text = ConfigText(Parse(R"({
    "listen": ["127.0.0.1:9000", "[::1]:9000"], "threads": 3, "egress": "syscalls",
    "log": {"format": "json", "level": "warn", "lines_per_second": 14},
    "log_messages": true, "admin": {"listen": ["127.0.0.1:9100"], "hosts": ["ops.example"]},
    "tls": {"certificates": [{"certificate": "a.pem", "key": "a.key"}], "min_version": "1.3"},
    "proxies": {"addresses": ["10.0.0.0/8", "::1"], "protocol": "proxy_protocol"},
    "origins": ["https://*.example.com", "null"], "require_origin": true,
    "limits": {
      "message_bytes": 1001, "message_frames": 14, "message_seconds": 16,
      "control_frames_per_second": 15,
      "outbox_bytes": 1012, "log_bytes": 1013, "handshake_seconds": 4,
      "idle_seconds": 5, "header_bytes": 1006, "body_bytes": 7, "connections": 8,
      "connections_per_address": 12, "requests_per_second": 17, "handshakes_per_second": 13,
      "messages_per_second": 9, "bytes_per_second": 1010, "rate_seconds": 11, "shutdown_seconds": 0
    },
    "routes": [
      {"route": "chat", "patterns": ["/a", "/b/{room}"], "options": {"name": "a\"b"}},
      {"route": "echo", "patterns": [], "slow_readers": "latest"},
      {"route": "feed", "auth": {"jwt": {"algorithm": "ES256", "jwks_file": "keys.json"}}},
      {"route": "page"}
    ]
  })"));
  const Config config = Parse(text);
  EXPECT_EQ(ConfigText(config), text);
  EXPECT_EQ(config.listen.size(), 2U);
  EXPECT_EQ(config.admin_listen.size(), 1U);
  ASSERT_EQ(config.tls.certificates.size(), 1U);
  EXPECT_EQ(config.tls.certificates[0].key, "a.key");
  EXPECT_EQ(config.tls.min_version, TlsVersion::k13);
  EXPECT_EQ(config.threads, 3);
  EXPECT_EQ(config.egress, EgressChoice::kSyscalls);
  EXPECT_EQ(config.log.format, LogFormat::kJson);
  EXPECT_EQ(config.log.level, LogLevel::kWarn);
  EXPECT_EQ(config.log.lines_per_second, 14U);
  EXPECT_TRUE(config.log_messages);
  EXPECT_TRUE(config.origins.is_required());
  EXPECT_EQ(config.origins.allowed().size(), 2U);
  EXPECT_EQ(config.limits.message_bytes, 1001U);
  EXPECT_EQ(config.limits.shutdown_time.count(), 0);
  ASSERT_EQ(config.routes.size(), 4U);
  EXPECT_EQ(config.routes[0].options["name"], "a\"b");
  EXPECT_EQ(config.routes[1].slow_readers, SlowReaders::kLatest);
  EXPECT_TRUE(config.routes[1].patterns->empty());
  EXPECT_FALSE(config.routes[1].auth.has_value());
  ASSERT_TRUE(config.routes[2].auth.has_value());
  EXPECT_EQ(config.routes[2].auth->jwks_file, "keys.json");
  EXPECT_FALSE(config.routes[3].patterns.has_value());
}

TEST(ConfigTextTest, HasEverySettingWithAComment) {
  const std::string text = ConfigText(Config{});
  std::vector<std::string> names = Known(R"({"?": 0})");
  for (const std::string& name : Known(R"({"limits": {"?": 0}})")) names.push_back(name);
  for (const std::string& name : Known(R"({"admin": {"?": 0}})")) names.push_back(name);
  for (const std::string& name : Known(R"({"tls": {"?": 0}})")) names.push_back(name);
  for (const std::string& name : Known(R"({"log": {"?": 0}})")) names.push_back(name);
  for (const std::string& name : Known(R"({"proxies": {"?": 0}})")) names.push_back(name);
  EXPECT_GT(names.size(), 10U);
  for (const std::string& name : names) {
    const std::size_t at = text.find("\"" + name + "\": ");
    ASSERT_NE(at, std::string::npos) << name;
    // The line above it.
    const std::size_t line = text.rfind('\n', at);
    const std::size_t above = text.rfind('\n', line - 1);
    EXPECT_NE(text.substr(above, line - above).find("// "), std::string::npos) << name;
  }
}

TEST(ConfigTextTest, OfNoConfigurationIsTheDefaults) {
  EXPECT_EQ(ConfigText(Parse(ConfigText(Config{}))), ConfigText(Parse("{}")));
}

}  // namespace
}  // namespace fanfare
