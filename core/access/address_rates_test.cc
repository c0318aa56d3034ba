#include "core/access/address_rates.h"

#include <gtest/gtest.h>

namespace fanfare {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr AddressRates::Time kStart{seconds(1000)};
constexpr TokenRate kRate{.per_second = 2, .burst = 4};

AddressGroup Address(unsigned char number) {
  return {number};
}

TEST(AddressRatesTest, EachAddressHasItsOwn) {
  AddressRates rates(kRate);
  for (unsigned char address : {1, 2}) {
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(rates.Take(Address(address), kStart)) << i;
    EXPECT_FALSE(rates.Take(Address(address), kStart));
  }
  EXPECT_FALSE(rates.Take(Address(1), kStart + milliseconds(499)));
  EXPECT_TRUE(rates.Take(Address(1), kStart + milliseconds(500)));
}

TEST(AddressRatesTest, ForgetsWhoHasBeenQuiet) {
  AddressRates rates(kRate);
  for (unsigned char address = 0; address < 100; ++address) rates.Take(Address(address), kStart);
  EXPECT_EQ(rates.addresses(), 100U);
  // Not who has not.
  for (int i = 0; i < 3; ++i) rates.Take(Address(0), kStart);
  rates.Take(Address(200), kStart + seconds(1));
  EXPECT_EQ(rates.addresses(), 2U);
  EXPECT_TRUE(rates.Take(Address(0), kStart + seconds(1)));
  EXPECT_TRUE(rates.Take(Address(0), kStart + seconds(1)));
  EXPECT_FALSE(rates.Take(Address(0), kStart + seconds(1)));
}

TEST(AddressRatesTest, KnowsNoMoreThanItMay) {
  AddressRates rates(kRate, 10);
  for (unsigned char address = 0; address < 100; ++address) {
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(rates.Take(Address(address), kStart));
  }
  EXPECT_EQ(rates.addresses(), 10U);
  // Those that are known are still limited, the others are not.
  EXPECT_FALSE(rates.Take(Address(9), kStart));
  EXPECT_TRUE(rates.Take(Address(10), kStart));
  // Until there is room.
  const AddressRates::Time later = kStart + seconds(2);
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(rates.Take(Address(10), later));
  EXPECT_FALSE(rates.Take(Address(10), later));
}

}  // namespace
}  // namespace fanfare
