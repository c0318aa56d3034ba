#include "bench/delivery_check.h"

#include <gtest/gtest.h>

namespace fanfare::bench {
namespace {

// A room whose clients expect everything, and whose publishers have published `messages` each.
DeliveryCheck Room(std::size_t clients, std::size_t publishers, int messages = 0) {
  DeliveryCheck check({.connections = clients, .publishers = publishers});
  for (std::size_t client = 0; client < clients; ++client) {
    check.ExpectAll(client);
  }
  for (std::size_t publisher = 0; publisher < publishers; ++publisher) {
    for (int i = 0; i < messages; ++i) {
      check.Publish(publisher);
    }
  }
  return check;
}

TEST(DeliveryCheckTest, AcceptsPublishersInAnyInterleaving) {
  DeliveryCheck check = Room(/*clients=*/2, /*publishers=*/2, /*messages=*/2);
  EXPECT_EQ(check.owed(), 8);
  EXPECT_EQ(check.Take(0, 0, 0), Delivery::kDue);
  EXPECT_EQ(check.Take(0, 1, 0), Delivery::kDue);
  EXPECT_EQ(check.Take(0, 0, 1), Delivery::kDue);
  EXPECT_EQ(check.Take(1, 1, 0), Delivery::kDue);
  EXPECT_EQ(check.Take(1, 1, 1), Delivery::kDue);
  EXPECT_EQ(check.Take(1, 0, 0), Delivery::kDue);
  EXPECT_EQ(check.owed(), 2);
  EXPECT_EQ(check.Behind(1, 0), 1u);
  EXPECT_EQ(check.Behind(1, 1), 0u);
}

TEST(DeliveryCheckTest, NoticesALostMessage) {
  DeliveryCheck check = Room(1, 1, 4);
  EXPECT_EQ(check.Take(0, 0, 0), Delivery::kDue);
  EXPECT_EQ(check.Take(0, 0, 3), Delivery::kAfterGap);
  EXPECT_EQ(check.missing(), 2);
  EXPECT_EQ(check.owed(), 0);
}

TEST(DeliveryCheckTest, NoticesADoubledMessage) {
  DeliveryCheck check = Room(1, 1, 2);
  EXPECT_EQ(check.Take(0, 0, 0), Delivery::kDue);
  EXPECT_EQ(check.Take(0, 0, 0), Delivery::kRepeated);
  EXPECT_EQ(check.Take(0, 0, 1), Delivery::kDue);
  EXPECT_EQ(check.owed(), 0);
}

TEST(DeliveryCheckTest, NoticesAnOvertakenMessage) {
  DeliveryCheck check = Room(1, 1, 2);
  EXPECT_EQ(check.Take(0, 0, 1), Delivery::kAfterGap);
  EXPECT_EQ(check.Take(0, 0, 0), Delivery::kLate);
  EXPECT_EQ(check.Take(0, 0, 0), Delivery::kRepeated);
  EXPECT_EQ(check.missing(), 0);
  EXPECT_EQ(check.owed(), 0);
}

TEST(DeliveryCheckTest, NoticesWhatNobodyPublished) {
  DeliveryCheck check = Room(2, 1, 1);
  EXPECT_EQ(check.Take(0, 1, 0), Delivery::kForeign);
  EXPECT_EQ(check.Take(0, 0, 1), Delivery::kForeign);
}

TEST(DeliveryCheckTest, RoomsAreApart) {
  // Connections and publishers 0 and 2 are in one room, 1 and 3 in the other.
  DeliveryCheck check({.connections = 4, .publishers = 3, .rooms = 2});
  for (std::size_t client = 0; client < 4; ++client) {
    check.ExpectAll(client);
  }
  check.Publish(0);
  check.Publish(1);
  check.Publish(2);
  EXPECT_EQ(check.owed(), 6);
  EXPECT_EQ(check.Take(0, 2, 0), Delivery::kDue);
  EXPECT_EQ(check.Take(0, 0, 0), Delivery::kDue);
  EXPECT_EQ(check.Take(3, 1, 0), Delivery::kDue);
  EXPECT_EQ(check.Take(3, 0, 0), Delivery::kForeign);
  EXPECT_EQ(check.owed(), 3);
}

TEST(DeliveryCheckTest, WhoJoinsMayStartAnywhereButThenMissesNothing) {
  DeliveryCheck check({.connections = 1, .publishers = 1});
  for (int i = 0; i < 7; ++i) {
    check.Publish(0);
  }
  EXPECT_EQ(check.owed(), 0);
  EXPECT_FALSE(check.HasHeard(0));
  EXPECT_EQ(check.Take(0, 0, 4), Delivery::kFirst);
  EXPECT_TRUE(check.HasHeard(0));
  EXPECT_EQ(check.owed(), 2);
  EXPECT_EQ(check.Take(0, 0, 6), Delivery::kAfterGap);
  EXPECT_EQ(check.missing(), 1);
  EXPECT_EQ(check.Take(0, 0, 4), Delivery::kRepeated);
}

TEST(DeliveryCheckTest, NothingIsOwedToWhoLeft) {
  DeliveryCheck check = Room(2, 2, 3);
  EXPECT_EQ(check.Take(1, 0, 0), Delivery::kDue);
  check.Leave(1);
  EXPECT_EQ(check.owed(), 6);
  check.Publish(0);
  EXPECT_EQ(check.owed(), 7);
  // Back again, it may hear what it had heard.
  EXPECT_EQ(check.Take(1, 0, 0), Delivery::kFirst);
  EXPECT_EQ(check.owed(), 10);
}

}  // namespace
}  // namespace fanfare::bench
