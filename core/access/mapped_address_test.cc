#include "core/access/mapped_address.h"

#include <gtest/gtest.h>

namespace fanfare {
namespace {

boost::asio::ip::address Address(const char* text) {
  return boost::asio::ip::make_address(text);
}

TEST(MappedAddressTest, AMappedAddressIsTheIPv4Address) {
  EXPECT_EQ(Unmapped(Address("::ffff:192.0.2.1")), Address("192.0.2.1"));
  for (const char* other : {"192.0.2.1", "::1", "::192.0.2.1", "2001:db8::ffff:192.0.2.1"}) {
    EXPECT_EQ(Unmapped(Address(other)), Address(other));
  }
}

TEST(MappedAddressTest, BytesAreThoseOfIPv6) {
  for (const char* text : {"192.0.2.1", "::ffff:192.0.2.1"}) {
    EXPECT_EQ(MappedBytes(Address(text)), Address("::ffff:192.0.2.1").to_v6().to_bytes());
  }
  EXPECT_EQ(MappedBytes(Address("2001:db8::1")), Address("2001:db8::1").to_v6().to_bytes());
}

}  // namespace
}  // namespace fanfare
