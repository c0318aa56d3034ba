#include "core/auth/user_counts.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include "core/testing/allocations.h"

namespace fanfare {
namespace {

TEST(UserCountsTest, AUserHasAsManyAsItMay) {
  const auto counts = std::make_shared<UserCounts>();
  auto first = counts->Acquire("ada", 2);
  auto second = counts->Acquire("ada", 2);
  EXPECT_TRUE(first.has_value());
  EXPECT_TRUE(second.has_value());
  EXPECT_FALSE(counts->Acquire("ada", 2).has_value());
  EXPECT_TRUE(counts->Acquire("grace", 2).has_value());
  first.reset();
  EXPECT_TRUE(counts->Acquire("ada", 2).has_value());
}

TEST(UserCountsTest, WhoHasNothingIsForgotten) {
  const auto counts = std::make_shared<UserCounts>();
  {
    const auto ada = counts->Acquire("ada", 2);
    const auto grace = counts->Acquire("grace", 2);
    EXPECT_EQ(counts->users(), 2U);
  }
  EXPECT_EQ(counts->users(), 0U);
}

TEST(UserCountsTest, APlaceMoves) {
  const auto counts = std::make_shared<UserCounts>();
  UserCounts::Place kept;
  {
    auto place = counts->Acquire("ada", 1);
    ASSERT_TRUE(place.has_value());
    kept = *std::move(place);
  }
  EXPECT_FALSE(counts->Acquire("ada", 1).has_value());
  const UserCounts::Place moved(std::move(kept));
  EXPECT_FALSE(counts->Acquire("ada", 1).has_value());
}

TEST(UserCountsTest, APlaceKeepsTheCounts) {
  auto counts = std::make_shared<UserCounts>();
  const auto place = counts->Acquire("ada", 1);
  counts.reset();
  EXPECT_TRUE(place.has_value());
}

TEST(UserCountsTest, WithoutALimitNothingIsCounted) {
  const auto counts = std::make_shared<UserCounts>();
  const auto first = counts->Acquire("ada", 0);
  const auto second = counts->Acquire("ada", 0);
  EXPECT_TRUE(second.has_value());
  EXPECT_EQ(counts->users(), 0U);
}

TEST(UserCountsTest, WhatThereIsNoMemoryForIsNotCounted) {
  const auto counts = std::make_shared<UserCounts>();
  // No such name is kept without memory.
  const std::string user(100, 'a');
  std::optional<UserCounts::Place> place;
  for (std::size_t good = 0; !place; ++good) {
    testing::FailAllocationAfter(good);
    try {
      place = counts->Acquire(user, 1);
      // Or else it would stay for good.
      ASSERT_TRUE(place.has_value()) << good;
    } catch (const std::bad_alloc&) {
      EXPECT_EQ(counts->users(), 0U) << good;
    }
    testing::FailNoAllocation();
  }
  place.reset();
  EXPECT_EQ(counts->users(), 0U);
}

TEST(UserCountsTest, TheLimitMayChange) {
  const auto counts = std::make_shared<UserCounts>();
  const auto first = counts->Acquire("ada", 2);
  EXPECT_FALSE(counts->Acquire("ada", 1).has_value());
  const auto second = counts->Acquire("ada", 2);
  EXPECT_TRUE(second.has_value());
  EXPECT_TRUE(counts->Acquire("ada", 3).has_value());
}

}  // namespace
}  // namespace fanfare
