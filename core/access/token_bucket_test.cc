#include "core/access/token_bucket.h"

#include <gtest/gtest.h>

namespace fanfare {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr TokenBucket::Time kStart{seconds(1000)};
constexpr TokenRate kRate{.per_second = 10, .burst = 20};

int TakeAll(TokenBucket& bucket, TokenBucket::Time now) {
  int taken = 0;
  while (bucket.TakeIfReady(kRate, 1, now)) ++taken;
  return taken;
}

TEST(TokenBucketTest, IsFullAtFirstAndFillsAtItsRate) {
  TokenBucket bucket;
  EXPECT_TRUE(bucket.IsFull(kStart));
  EXPECT_EQ(TakeAll(bucket, kStart), 20);
  EXPECT_FALSE(bucket.IsFull(kStart));
  EXPECT_EQ(TakeAll(bucket, kStart + milliseconds(99)), 0);
  EXPECT_EQ(TakeAll(bucket, kStart + milliseconds(100)), 1);
  EXPECT_EQ(TakeAll(bucket, kStart + milliseconds(1000)), 9);
}

TEST(TokenBucketTest, HoldsNoMoreThanItsBurst) {
  TokenBucket bucket;
  TakeAll(bucket, kStart);
  EXPECT_FALSE(bucket.IsFull(kStart + milliseconds(1999)));
  EXPECT_TRUE(bucket.IsFull(kStart + milliseconds(2000)));
  EXPECT_EQ(TakeAll(bucket, kStart + seconds(3600)), 20);
}

TEST(TokenBucketTest, ADebtIsPaidFirst) {
  TokenBucket bucket;
  bucket.Take(kRate, 25, kStart);
  EXPECT_EQ(bucket.ReadyAt(kRate, 0), kStart + milliseconds(500));
  EXPECT_EQ(bucket.ReadyAt(kRate, 1), kStart + milliseconds(600));
  EXPECT_FALSE(bucket.TakeIfReady(kRate, 1, kStart + milliseconds(599)));
  EXPECT_TRUE(bucket.TakeIfReady(kRate, 1, kStart + milliseconds(600)));
}

TEST(TokenBucketTest, CountsLargeNumbersExactly) {
  constexpr TokenRate kBytes{.per_second = 1 << 30, .burst = 1 << 30};
  TokenBucket bucket;
  bucket.Take(kBytes, std::uint64_t{1} << 33, kStart);
  EXPECT_EQ(bucket.ReadyAt(kBytes, 0), kStart + seconds(7));
}

}  // namespace
}  // namespace fanfare
