#include "core/access/address_group.h"

#include <gtest/gtest.h>

namespace fanfare {
namespace {

bool AreOne(const char* a, const char* b) {
  return GroupOf(boost::asio::ip::make_address(a)) == GroupOf(boost::asio::ip::make_address(b));
}

bool Loopback(const char* address) {
  return IsLoopback(boost::asio::ip::make_address(address));
}

TEST(AddressGroupTest, IsTheWholeOfAnIPv4Address) {
  EXPECT_TRUE(AreOne("192.0.2.1", "192.0.2.1"));
  EXPECT_FALSE(AreOne("192.0.2.1", "192.0.2.2"));
  EXPECT_FALSE(AreOne("192.0.2.1", "193.0.2.1"));
}

TEST(AddressGroupTest, IsTheFirst64BitsOfAnIPv6Address) {
  EXPECT_TRUE(AreOne("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"));
  EXPECT_FALSE(AreOne("2001:db8:1:2::1", "2001:db8:1:3::1"));
}

TEST(AddressGroupTest, AMappedAddressIsTheIPv4Address) {
  EXPECT_TRUE(AreOne("::ffff:192.0.2.1", "192.0.2.1"));
  EXPECT_FALSE(AreOne("::ffff:192.0.2.1", "::ffff:192.0.2.2"));
  EXPECT_FALSE(AreOne("::1", "0.0.0.1"));
}

TEST(AddressGroupTest, KnowsLoopback) {
  for (const char* address : {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.2"}) {
    EXPECT_TRUE(Loopback(address)) << address;
  }
  for (const char* address : {"192.0.2.1", "::2", "2001:db8::1", "::ffff:192.0.2.1"}) {
    EXPECT_FALSE(Loopback(address)) << address;
  }
}

}  // namespace
}  // namespace fanfare
