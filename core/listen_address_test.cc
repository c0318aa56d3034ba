#include "core/listen_address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fanfare {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// What a `listen` entry stands for, or its error.
std::vector<std::string> Listen(std::string_view text) {
  const auto address = ParseListen(text);
  if (!address.ok()) return {std::string(address.status().message())};
  std::vector<std::string> endpoints;
  for (const Endpoint& endpoint : Endpoints(*address)) {
    endpoints.push_back(ToString(endpoint));
  }
  return endpoints;
}

std::string Error(std::string_view text) {
  const auto address = ParseListen(text);
  EXPECT_FALSE(address.ok()) << text;
  EXPECT_EQ(address.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(address.status().message());
}

TEST(ListenAddressTest, ReadsAddresses) {
  EXPECT_THAT(Listen("127.0.0.1:8080"), ElementsAre("127.0.0.1:8080"));
  EXPECT_THAT(Listen("0.0.0.0:80"), ElementsAre("0.0.0.0:80"));
  EXPECT_THAT(Listen("[::1]:8080"), ElementsAre("[::1]:8080"));
  EXPECT_THAT(Listen("[::]:1"), ElementsAre("[::]:1"));
  // A link-local address needs its interface; 1 is the loopback's number.
  EXPECT_THAT(Listen("[fe80::1%1]:80"), ElementsAre(HasSubstr("fe80::1%")));
  EXPECT_THAT(Listen("[2001:db8::1:8080]:65535"), ElementsAre("[2001:db8::1:8080]:65535"));
}

TEST(ListenAddressTest, LocalhostAndTheStarAreBothVersions) {
  EXPECT_THAT(Listen("localhost:8080"), ElementsAre("127.0.0.1:8080", "[::1]:8080"));
  EXPECT_THAT(Listen("LocalHost:0"), ElementsAre("127.0.0.1:0", "[::1]:0"));
  EXPECT_THAT(Listen("*:443"), ElementsAre("0.0.0.0:443", "[::]:443"));
}

TEST(ListenAddressTest, SocketsThatArePassed) {
  EXPECT_EQ(ParseListen("systemd")->passed, "");
  EXPECT_EQ(ParseListen("systemd:chat.socket")->passed, "chat.socket");
  // A name, whatever is in it.
  EXPECT_EQ(ParseListen("systemd:80")->passed, "80");
  EXPECT_THAT(Listen("systemd"), ElementsAre());
  EXPECT_EQ(ParseListen("localhost:80")->passed, std::nullopt);
  EXPECT_EQ(Error("systemd:"), "\"systemd:\": the name of the passed socket is missing");
  EXPECT_THAT(Error("systemd2:80"), HasSubstr("host names are not looked up"));
}

TEST(ListenAddressTest, APortIsNeeded) {
  for (const char* text : {"8080", "localhost", "127.0.0.1", "[::1]", "", "*"}) {
    EXPECT_THAT(Error(text), HasSubstr("expected host:port, as in localhost:8080")) << text;
  }
}

TEST(ListenAddressTest, ThePortMustBeANumberOf16Bits) {
  for (const char* port : {"", "65536", "99999", "123456", "4294967296", "-1", "+80", " 80", "80 ",
                           "0x50", "http", "8080/"}) {
    EXPECT_THAT(Error(std::string("localhost:") + port), HasSubstr("a port from 0 to 65535"))
        << port;
  }
}

TEST(ListenAddressTest, AHostIsNeeded) {
  EXPECT_EQ(Error(":8080"),
            "\":8080\": the host is missing; write localhost:port, or *:port for all addresses");
}

TEST(ListenAddressTest, AnIpv6AddressNeedsBrackets) {
  // Without brackets, nobody can tell which colon is the port's.
  EXPECT_THAT(Error("::1"), HasSubstr("brackets"));
  EXPECT_THAT(Error("::1:8080"), HasSubstr("brackets"));
  EXPECT_THAT(Error("1:2:3:4:5:6:7:8:8080"), HasSubstr("brackets"));
  for (const char* text : {"[]:80", "[127.0.0.1]:80", "[localhost]:80", "[*]:80", "[::1%]:80",
                           "[fe80::1%nowhere]:80"}) {
    EXPECT_THAT(Error(text), HasSubstr("expected an IPv6 address between the brackets")) << text;
  }
}

TEST(ListenAddressTest, HostNamesAreNotLookedUp) {
  for (const char* text :
       {"example.com:80", "localhost.:80", "256.0.0.1:80", "127.1:80", "127.0.0.1 :80",
        "http:/localhost:80", "[::1:80", "::1]:80", "localhost:80:90"}) {
    EXPECT_THAT(Error(text), HasSubstr("host names are not looked up")) << text;
  }
}

TEST(ListenAddressTest, ASchemeSaysWhetherTlsIsSpoken) {
  EXPECT_THAT(Listen("https://127.0.0.1:8443"), ElementsAre("127.0.0.1:8443"));
  EXPECT_THAT(Listen("https://[::1]:0"), ElementsAre("[::1]:0"));
  EXPECT_THAT(Listen("http://*:80"), ElementsAre("0.0.0.0:80", "[::]:80"));
  EXPECT_TRUE(ParseListen("https://localhost:443")->is_tls);
  EXPECT_FALSE(ParseListen("http://localhost:443")->is_tls);
  EXPECT_FALSE(ParseListen("localhost:443")->is_tls);
  EXPECT_TRUE(SpeaksTls("https://localhost:443"));
  EXPECT_TRUE(SpeaksTls("https://systemd"));
  for (const char* text : {"http://localhost:443", "localhost:443", "systemd", "https://", ""}) {
    EXPECT_FALSE(SpeaksTls(text)) << text;
  }
}

TEST(ListenAddressTest, OtherSchemesAreAnError) {
  for (const char* text : {"wss://localhost:80", "ws://localhost:80", "HTTPS://localhost:80",
                           "https://http://localhost:80", "://localhost:80"}) {
    EXPECT_THAT(Error(text), HasSubstr("expected https:// or http://")) << text;
  }
  EXPECT_THAT(Error("https://"), HasSubstr("expected host:port"));
  EXPECT_THAT(Error("https://localhost"), HasSubstr("expected host:port"));
  EXPECT_THAT(Error("https://localhost:443/"), HasSubstr("a port from 0 to 65535"));
}

TEST(ListenAddressTest, LoopbackOnly) {
  EXPECT_TRUE(IsLoopbackOnly({"https://localhost:80"}));
  EXPECT_FALSE(IsLoopbackOnly({"https://*:443"}));
  EXPECT_TRUE(IsLoopbackOnly({"localhost:80"}));
  EXPECT_TRUE(IsLoopbackOnly({"127.0.0.1:0", "127.9.9.9:80", "[::1]:80"}));
  for (const char* text :
       {"*:80", "0.0.0.0:80", "[::]:80", "192.0.2.1:80", "[fe80::1]:80", "systemd", "x"}) {
    EXPECT_FALSE(IsLoopbackOnly({"localhost:80", text})) << text;
  }
  EXPECT_FALSE(IsLoopbackOnly({}));
}

TEST(ListenAddressTest, ErrorsShowTheTextSafely) {
  EXPECT_THAT(Error("\x1b[2J:80"), HasSubstr(R"("\x1b[2J:80": )"));
  EXPECT_THAT(Error(std::string_view("127.0.0.1\0:80", 13)), HasSubstr("NUL"));
  EXPECT_LT(Error(std::string(100'000, 'x')).size(), 300U);
}

}  // namespace
}  // namespace fanfare
