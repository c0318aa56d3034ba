#include "core/access/address_counts.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace fanfare {
namespace {

constexpr AddressGroup kOne{1};
constexpr AddressGroup kOther{2};

TEST(AddressCountsTest, EachAddressHasAsManyAsItMay) {
  AddressCounts counts(2);
  const auto first = counts.Acquire(kOne);
  auto second = counts.Acquire(kOne);
  EXPECT_TRUE(first.has_value());
  EXPECT_TRUE(second.has_value());
  EXPECT_FALSE(counts.Acquire(kOne).has_value());
  EXPECT_TRUE(counts.Acquire(kOther).has_value());
  second.reset();
  EXPECT_TRUE(counts.Acquire(kOne).has_value());
}

TEST(AddressCountsTest, AMovedPlaceIsGivenBackOnce) {
  AddressCounts counts(1);
  AddressCounts::Place place;
  {
    auto taken = counts.Acquire(kOne);
    ASSERT_TRUE(taken.has_value());
    place = *std::move(taken);
  }
  EXPECT_FALSE(counts.Acquire(kOne).has_value());
  place = {};
  EXPECT_TRUE(counts.Acquire(kOne).has_value());
}

TEST(AddressCountsTest, ForgetsWhoHasNothingOpen) {
  AddressCounts counts(1);
  auto place = counts.Acquire(kOne);
  EXPECT_EQ(counts.addresses(), 1U);
  EXPECT_FALSE(counts.Acquire(kOne).has_value());
  place.reset();
  EXPECT_EQ(counts.addresses(), 0U);
  AddressCounts none(0);
  EXPECT_FALSE(none.Acquire(kOne).has_value());
  EXPECT_EQ(none.addresses(), 0U);
}

TEST(AddressCountsTest, PlacesAreTakenAndGivenBackOnAnyThread) {
  AddressCounts counts(1);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 1000; ++n) counts.Acquire(kOne);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counts.addresses(), 0U);
}

}  // namespace
}  // namespace fanfare
