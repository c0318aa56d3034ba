// What a channel keeps, and subscriptions that begin in it.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/channel.h"
#include "core/testing/fake_shard.h"

namespace fanfare {
namespace {

using testing::FakeSession;
using testing::FakeShard;
using Texts = std::vector<std::string>;

constexpr std::size_t kLogBytes = 64 * 1024;
constexpr History kTen = {.messages = 10, .bytes = kLogBytes, .age = std::chrono::hours(1)};

Message Text(std::string_view text) {
  return {.type = MessageType::kText, .payload = text};
}

Texts Numbers(int from, int to) {
  Texts texts;
  for (int i = from; i < to; ++i) texts.push_back("message " + std::to_string(i));
  return texts;
}

void Publish(Channel& channel, int from, int to) {
  for (const std::string& text : Numbers(from, to)) channel.Publish(Text(text));
}

Texts Kept(const Channel& channel, std::uint64_t from = 0, std::uint64_t to = 1'000'000) {
  Texts texts;
  channel.ReadKept(from, to, [&](std::uint64_t offset, Message message) {
    texts.push_back(std::to_string(offset) + " " + std::string(message.payload));
  });
  return texts;
}

class HistoryTest : public ::testing::Test {
 protected:
  FakeShard shard_;
  Channel channel_{"channel", {.log_bytes = kLogBytes, .history = kTen}};
};

TEST_F(HistoryTest, KeepsTheNewestWhetherSomebodyListensOrNot) {
  Publish(channel_, 0, 6);
  FakeSession a(shard_);
  Subscription in_a = a.Subscribe(channel_);
  Publish(channel_, 6, 12);
  EXPECT_EQ(a.Texts(), Numbers(6, 12));
  in_a = Subscription();
  Publish(channel_, 12, 14);
  EXPECT_EQ(channel_.kept().first, 4U);
  EXPECT_EQ(channel_.kept().next, 14U);
  EXPECT_EQ(Kept(channel_).size(), 10U);
  EXPECT_EQ(Kept(channel_, 5, 7), (Texts{"5 message 5", "6 message 6"}));
  EXPECT_EQ(Kept(channel_, 13), (Texts{"13 message 13"}));
  EXPECT_EQ(Kept(channel_, 14), Texts());
  EXPECT_EQ(Kept(channel_, 0, 4), Texts());
}

TEST_F(HistoryTest, ASubscriptionBeginsAtAnyKeptMessageAndGoesOnLive) {
  Publish(channel_, 0, 12);
  for (std::uint64_t offset = 2; offset <= 12; ++offset) {
    FakeSession a(shard_);
    const Subscription in_a = a.SubscribeFrom(channel_, offset);
    ASSERT_TRUE(in_a) << offset;
    const auto end = static_cast<int>(channel_.kept().next);
    EXPECT_EQ(a.Texts(), Numbers(static_cast<int>(offset), end)) << offset;
    if (offset == 12) {
      Publish(channel_, end, end + 1);
      EXPECT_EQ(a.Texts(), Numbers(12, end + 1));
    }
  }
}

TEST_F(HistoryTest, WhatIsNotKeptCanNotBeSubscribedFrom) {
  Publish(channel_, 0, 12);
  FakeSession a(shard_);
  EXPECT_FALSE(a.SubscribeFrom(channel_, 1));
  EXPECT_FALSE(a.SubscribeFrom(channel_, 13));
  // Nothing is left of the attempts.
  Publish(channel_, 12, 13);
  EXPECT_EQ(a.Texts(), Texts());
}

TEST_F(HistoryTest, OthersDoNotNoticeWhoCatchesUp) {
  FakeSession a(shard_);
  const Subscription in_a = a.Subscribe(channel_);
  Publish(channel_, 0, 5);
  shard_.Run();
  FakeSession b(shard_);
  const Subscription in_b = b.SubscribeFrom(channel_, 1);
  // While b has yet to be sent what it missed, more is published.
  Publish(channel_, 5, 8);
  EXPECT_EQ(b.Texts(), Numbers(1, 8));
  EXPECT_EQ(a.Texts(), Numbers(0, 8));
  // Both are direct again, and leave the chunks to the history.
  Publish(channel_, 8, 9);
  const std::size_t sends = shard_.network().sends(b.socket());
  EXPECT_EQ(b.Texts(), Numbers(1, 9));
  EXPECT_EQ(shard_.network().sends(b.socket()), sends + 1);
}

TEST_F(HistoryTest, WhoCatchesUpSlowlyIsNotCutShortByTheHistory) {
  Publish(channel_, 0, 10);
  FakeSession a(shard_);
  shard_.network().LimitTo(a.socket(), 5);
  const Subscription in_a = a.SubscribeFrom(channel_, 0);
  shard_.Run();
  // All of the ten go out of the history now, but not out of the log.
  Publish(channel_, 10, 30);
  shard_.Run();
  EXPECT_EQ(channel_.kept().first, 20U);
  a.BecomeWritable();
  EXPECT_EQ(a.Texts(), Numbers(0, 30));
}

TEST_F(HistoryTest, SubscribersOfOtherShardsBeginWhereTheyWant) {
  FakeShard other;
  FakeSession a(shard_);
  const Subscription in_a = a.Subscribe(channel_);
  Publish(channel_, 0, 8);
  shard_.Run();
  FakeSession b(other);
  const Subscription in_b = b.SubscribeFrom(channel_, 3);
  Publish(channel_, 8, 10);
  EXPECT_EQ(b.Texts(), Numbers(3, 10));
  EXPECT_EQ(a.Texts(), Numbers(0, 10));
}

TEST_F(HistoryTest, PassingMessagesAreSentAndNotKept) {
  FakeSession a(shard_);
  const Subscription in_a = a.Subscribe(channel_);
  EXPECT_EQ(channel_.Publish(Text("zero")), 0U);
  channel_.PublishPassing(Text("typing"));
  EXPECT_EQ(channel_.Publish(Text("one")), 1U);
  EXPECT_EQ(a.Texts(), (Texts{"zero", "typing", "one"}));
  EXPECT_EQ(Kept(channel_), (Texts{"0 zero", "1 one"}));
  FakeSession b(shard_);
  const Subscription in_b = b.SubscribeFrom(channel_, 1);
  EXPECT_EQ(b.Texts(), Texts{"one"});
}

TEST(HistoryBoundsTest, BytesBoundIt) {
  constexpr std::size_t kBytes = 1000;
  Channel channel("channel",
                  {.log_bytes = kLogBytes,
                   .history = {.messages = 1000, .bytes = kBytes, .age = std::chrono::hours(1)}});
  // With their headers, 102 bytes each.
  for (int i = 0; i < 50; ++i) channel.Publish(Text(std::string(100, 'x')));
  EXPECT_EQ(channel.kept().next - channel.kept().first, 9U);
  EXPECT_LE(channel.log_memory(), 8 * kBytes);
}

TEST(HistoryBoundsTest, TheLogsBoundHoldsForSlowReadersAndHistoryTogether) {
  Channel channel("channel",
                  {.log_bytes = 4096,
                   .history = {.messages = 1000, .bytes = 1 << 20, .age = std::chrono::hours(1)}});
  for (int i = 0; i < 500; ++i) channel.Publish(Text(std::string(100, 'x')));
  const auto kept = channel.kept();
  EXPECT_GE(kept.next - kept.first, 10U);
  EXPECT_LE(kept.next - kept.first, 2048U / 102);
  EXPECT_LE(channel.log_memory(), 2 * 4096U);
  EXPECT_EQ(Kept(channel).size(), kept.next - kept.first);
}

TEST(HistoryBoundsTest, AgeBoundsItAlsoWhenNothingIsPublished) {
  Channel channel(
      "channel", {.log_bytes = kLogBytes,
                  .history = {.messages = 10, .bytes = kLogBytes, .age = std::chrono::seconds(0)}});
  channel.Publish(Text(std::string(4096, 'x')));
  // The clock is a real one: every reading is later, or the same at worst.
  while (channel.kept().first < channel.kept().next) channel.ExpireHistory();
  EXPECT_EQ(channel.kept().first, 1U);
  EXPECT_EQ(channel.log_memory(), 0U);
}

}  // namespace
}  // namespace fanfare
