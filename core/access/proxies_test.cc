#include "core/access/proxies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/compat.h"

namespace fanfare {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

Proxies Make(std::vector<std::string> addresses) {
  auto proxies = Proxies::Make(std::move(addresses), ProxyProtocol::kForwardedFor);
  EXPECT_TRUE(proxies.ok()) << proxies.status();
  return proxies.ok() ? *proxies : Proxies();
}

bool Contains(const Proxies& proxies, const char* address) {
  return proxies.Contains(boost::asio::ip::make_address(address));
}

// The client's address as text; "none" where there is none.
std::string Client(const Proxies& proxies, std::string_view forwarded_for) {
  const auto address = proxies.ClientOf(forwarded_for);
  return address ? address->to_string() : "none";
}

TEST(ProxiesTest, NobodyIsOneByDefault) {
  EXPECT_FALSE(Contains(Proxies(), "127.0.0.1"));
  EXPECT_FALSE(Contains(Make({}), "::"));
}

TEST(ProxiesTest, AddressesAndNetworks) {
  const Proxies proxies = Make({"192.0.2.7", "10.0.0.0/8", "172.16.0.0/12", "fd00::/8", "::1"});
  for (const char* address : {"192.0.2.7", "10.0.0.0", "10.255.255.255", "172.31.1.1", "fd12::1",
                              "::1", "::ffff:10.1.2.3"}) {
    EXPECT_TRUE(Contains(proxies, address)) << address;
  }
  for (const char* address : {"192.0.2.8", "11.0.0.0", "9.255.255.255", "172.32.0.0", "fe00::1",
                              "::2", "::ffff:11.1.2.3", "::10.1.2.3", "0.0.0.0"}) {
    EXPECT_FALSE(Contains(proxies, address)) << address;
  }
}

TEST(ProxiesTest, AllOfAVersion) {
  const Proxies four = Make({"0.0.0.0/0"});
  EXPECT_TRUE(Contains(four, "255.255.255.255"));
  EXPECT_FALSE(Contains(four, "2001:db8::1"));
  EXPECT_TRUE(Contains(Make({"::/0"}), "2001:db8::1"));
}

TEST(ProxiesTest, WhatIsNoNetworkIsAnError) {
  for (const char* text : {"", "localhost", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", "10/8",
                           "10.0.0.0/-1", "10.0.0.0/+8", "fd00::/129", "fe80::1%lo", "[::1]",
                           "10.0.0.1/8", "fd00::1/8", "*", "10.0.0.0 /8"}) {
    const auto proxies = Proxies::Make({"::1", text}, ProxyProtocol::kForwardedFor);
    ASSERT_FALSE(proxies.ok()) << text;
    EXPECT_THAT(std::string(ToStd(proxies.status().message())), StartsWith("[1]: \"")) << text;
  }
}

TEST(ProxiesTest, TheClientIsTheRightmostThatIsNoProxy) {
  const Proxies proxies = Make({"10.0.0.0/8"});
  EXPECT_EQ(Client(proxies, "203.0.113.5"), "203.0.113.5");
  EXPECT_EQ(Client(proxies, "203.0.113.5, 10.0.0.1,10.0.0.2"), "203.0.113.5");
  // What stands to the left of it is the client's own word.
  EXPECT_EQ(Client(proxies, "127.0.0.1, 203.0.113.5"), "203.0.113.5");
  EXPECT_EQ(Client(proxies, "what is this?, 203.0.113.5, 10.0.0.1"), "203.0.113.5");
  // A client among the proxies.
  EXPECT_EQ(Client(proxies, "10.0.0.3, 10.0.0.2"), "10.0.0.3");
}

TEST(ProxiesTest, PortsAndBracketsAreLeftOut) {
  const Proxies proxies = Make({"10.0.0.0/8"});
  EXPECT_EQ(Client(proxies, "203.0.113.5:1234"), "203.0.113.5");
  EXPECT_EQ(Client(proxies, "2001:db8::1"), "2001:db8::1");
  EXPECT_EQ(Client(proxies, "[2001:db8::1]:443"), "2001:db8::1");
  EXPECT_EQ(Client(proxies, "::ffff:203.0.113.5"), "203.0.113.5");
}

TEST(ProxiesTest, WhatIsNoAddressIsNobody) {
  const Proxies proxies = Make({"10.0.0.0/8"});
  for (const char* text :
       {"", ",", "unknown", "203.0.113.5,", "203.0.113.5, _hidden",
        "203.0.113.5, unknown, 10.0.0.1", "1.2.3", "[::1", "fe80::1%lo", "203.0.113.5 10.0.0.1"}) {
    EXPECT_EQ(Client(proxies, text), "none") << text;
  }
  EXPECT_EQ(Client(proxies, std::string_view("203.0.113.5\0x", 13)), "none");
}

}  // namespace
}  // namespace fanfare
