#include "bench/delivery_check.h"

#include <gtest/gtest.h>

namespace fanfare::bench {
namespace {

TEST(DeliveryCheckTest, AcceptsPublishersInAnyInterleaving) {
  DeliveryCheck check(/*clients=*/2, /*publishers=*/2);
  EXPECT_TRUE(check.Accept(0, 0, 0));
  EXPECT_TRUE(check.Accept(0, 1, 0));
  EXPECT_TRUE(check.Accept(0, 0, 1));
  EXPECT_TRUE(check.Accept(1, 1, 0));
  EXPECT_TRUE(check.Accept(1, 1, 1));
  EXPECT_TRUE(check.Accept(1, 0, 0));
}

TEST(DeliveryCheckTest, RefusesALostMessage) {
  DeliveryCheck check(1, 1);
  EXPECT_TRUE(check.Accept(0, 0, 0));
  EXPECT_FALSE(check.Accept(0, 0, 2));
}

TEST(DeliveryCheckTest, RefusesADoubledMessage) {
  DeliveryCheck check(1, 1);
  EXPECT_TRUE(check.Accept(0, 0, 0));
  EXPECT_FALSE(check.Accept(0, 0, 0));
}

TEST(DeliveryCheckTest, RefusesAnOvertakenMessage) {
  DeliveryCheck check(1, 2);
  EXPECT_FALSE(check.Accept(0, 1, 1));
  EXPECT_TRUE(check.Accept(0, 1, 0));
}

TEST(DeliveryCheckTest, RefusesAnUnknownPublisher) {
  DeliveryCheck check(2, 1);
  EXPECT_FALSE(check.Accept(0, 1, 0));
}

}  // namespace
}  // namespace fanfare::bench
