// Channels, groups, writers and turns together, on a shard without sockets.
#include "core/fanout/fanout.h"

#include <gtest/gtest.h>

#include <cerrno>
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

Message Text(std::string_view text) {
  return {.type = MessageType::kText, .payload = text};
}

std::string Number(int i) {
  return "message " + std::to_string(i);
}

Texts Numbers(int from, int to) {
  Texts texts;
  for (int i = from; i < to; ++i) texts.push_back(Number(i));
  return texts;
}

class FanoutTest : public ::testing::Test {
 protected:
  void Publish(int from, int to) {
    for (int i = from; i < to; ++i) channel_.Publish(Text(Number(i)));
  }

  FakeShard shard_;
  Channel channel_{"channel", {.log_bytes = kLogBytes}};
};

TEST_F(FanoutTest, EverySubscriberGetsEveryMessageInOrder) {
  FakeSession a(shard_);
  FakeSession b(shard_);
  const Subscription in_a = a.Subscribe(channel_);
  const Subscription in_b = b.Subscribe(channel_);
  Publish(0, 100);
  EXPECT_EQ(a.Texts(), Numbers(0, 100));
  EXPECT_EQ(b.Texts(), Numbers(0, 100));
}

TEST_F(FanoutTest, OffsetsCountMessages) {
  EXPECT_EQ(channel_.Publish(Text("nobody hears this")), 0U);
  FakeSession a(shard_);
  const Subscription in_a = a.Subscribe(channel_);
  EXPECT_EQ(channel_.Publish(Text("x")), 1U);
  EXPECT_EQ(channel_.Publish(Text("y")), 2U);
}

TEST_F(FanoutTest, MessagesOfOneTurnLeaveInOneSend) {
  FakeSession a(shard_);
  const Subscription in_a = a.Subscribe(channel_);
  Publish(0, 10);
  shard_.Run();
  EXPECT_EQ(shard_.network().sends(a.socket()), 1U);
  Publish(10, 20);
  shard_.Run();
  EXPECT_EQ(shard_.network().sends(a.socket()), 2U);
  EXPECT_EQ(a.Texts(), Numbers(0, 20));
}

TEST_F(FanoutTest, ASubscriberHearsNothingFromBeforeItsTime) {
  FakeSession a(shard_);
  const Subscription in_a = a.Subscribe(channel_);
  Publish(0, 3);
  FakeSession b(shard_);
  const Subscription in_b = b.Subscribe(channel_);
  Publish(3, 6);
  EXPECT_EQ(a.Texts(), Numbers(0, 6));
  EXPECT_EQ(b.Texts(), Numbers(3, 6));
}

TEST_F(FanoutTest, ASubscriberHearsNothingAfterItsTime) {
  FakeSession a(shard_);
  FakeSession b(shard_);
  Subscription in_a = a.Subscribe(channel_);
  const Subscription in_b = b.Subscribe(channel_);
  Publish(0, 3);
  shard_.Run();
  in_a = Subscription();
  Publish(3, 6);
  EXPECT_EQ(a.Texts(), Numbers(0, 3));
  EXPECT_EQ(b.Texts(), Numbers(0, 6));
}

TEST_F(FanoutTest, AnIdleChannelHoldsNextToNoMemory) {
  FakeSession a(shard_);
  const Subscription in_a = a.Subscribe(channel_);
  EXPECT_EQ(channel_.log_memory(), 0U);
  Publish(0, 1000);
  shard_.Run();
  EXPECT_LE(channel_.log_memory(), 1024U);
}

TEST_F(FanoutTest, AnAppendIsNotCopiedForEachSubscriber) {
  std::vector<std::unique_ptr<FakeSession>> sessions;
  std::vector<Subscription> subscriptions;
  for (int i = 0; i < 1000; ++i) {
    sessions.push_back(std::make_unique<FakeSession>(shard_));
    subscriptions.push_back(sessions.back()->Subscribe(channel_));
  }
  Publish(0, 1);
  shard_.Run();
  EXPECT_EQ(shard_.stats().send_calls.value(), 1000U);
  EXPECT_EQ(shard_.stats().Total(&RouteStats::messages_sent), 1000U);
  for (const auto& session : sessions) EXPECT_EQ(session->Texts(), Numbers(0, 1));
}

TEST_F(FanoutTest, ASlowSubscriberHoldsUpNobodyAndMissesNothing) {
  FakeSession slow(shard_);
  FakeSession quick(shard_);
  const Subscription in_slow = slow.Subscribe(channel_);
  const Subscription in_quick = quick.Subscribe(channel_);
  // In the middle of the second message.
  shard_.network().LimitTo(slow.socket(), 2 + Number(0).size() + 5);
  Publish(0, 5);
  EXPECT_EQ(quick.Texts(), Numbers(0, 5));
  EXPECT_EQ(slow.Texts(), Numbers(0, 1));
  EXPECT_TRUE(slow.waits());
  Publish(5, 10);
  EXPECT_EQ(quick.Texts(), Numbers(0, 10));
  slow.BecomeWritable();
  EXPECT_EQ(slow.Texts(), Numbers(0, 10));
  Publish(10, 12);
  EXPECT_EQ(slow.Texts(), Numbers(0, 12));
}

TEST_F(FanoutTest, SendsGoOnWhereverTheyStopped) {
  const std::size_t all = 3 * (2 + Number(0).size());
  for (std::size_t first = 0; first <= all; ++first) {
    FakeSession slow(shard_);
    const Subscription in_slow = slow.Subscribe(channel_);
    shard_.network().LimitTo(slow.socket(), first);
    Publish(0, 3);
    shard_.Run();
    EXPECT_EQ(slow.waits(), first < all);
    EXPECT_EQ(shard_.network().sent(slow.socket()).size(), first);
    slow.BecomeWritable();
    EXPECT_EQ(slow.Texts(), Numbers(0, 3)) << "stopped after " << first << " bytes";
  }
}

TEST_F(FanoutTest, APrivateFrameWaitsForTheEndOfAChannelFrame) {
  FakeSession slow(shard_);
  const Subscription in_slow = slow.Subscribe(channel_);
  shard_.network().LimitTo(slow.socket(), 4);
  Publish(0, 2);
  shard_.Run();
  slow.Send(Text("private"));
  slow.BecomeWritable();
  EXPECT_EQ(slow.Texts(), (Texts{Number(0), "private", Number(1)}));
}

TEST_F(FanoutTest, AChannelFrameWaitsForTheEndOfAPrivateFrame) {
  FakeSession slow(shard_);
  const Subscription in_slow = slow.Subscribe(channel_);
  shard_.network().LimitTo(slow.socket(), 4);
  slow.Send(Text("private"));
  shard_.Run();
  Publish(0, 2);
  shard_.Run();
  EXPECT_EQ(shard_.network().sent(slow.socket()).size(), 4U);
  slow.BecomeWritable();
  EXPECT_EQ(slow.Texts(), (Texts{"private", Number(0), Number(1)}));
}

TEST_F(FanoutTest, ASubscriptionThatEndsWithinAFrameLeavesAWholeFrame) {
  FakeSession slow(shard_);
  Subscription in_slow = slow.Subscribe(channel_);
  shard_.network().LimitTo(slow.socket(), 4);
  Publish(0, 2);
  shard_.Run();
  in_slow = Subscription();
  slow.Send(Text("after"));
  slow.BecomeWritable();
  EXPECT_EQ(slow.Texts(), (Texts{Number(0), "after"}));
}

TEST_F(FanoutTest, ASubscriberBehindTheLogsTailIsToldSo) {
  FakeSession stopped(shard_);
  FakeSession quick(shard_);
  const Subscription in_stopped = stopped.Subscribe(channel_);
  const Subscription in_quick = quick.Subscribe(channel_);
  shard_.network().LimitTo(stopped.socket(), 4);
  const std::string text(1000, 'x');
  std::size_t published = 0;
  while (!stopped.fell_behind() && published < 10 * kLogBytes) {
    channel_.Publish(Text(text));
    published += text.size() + 4;
    shard_.Run();
    EXPECT_LE(channel_.log_memory(), 2 * kLogBytes) << "a stopped reader costs bounded memory";
  }
  EXPECT_EQ(stopped.fell_behind(), 0U) << "it has yet to get the first message whole";
  EXPECT_GE(published, kLogBytes);
  EXPECT_LE(published, kLogBytes + 64 * 1024 + text.size() + 4);
  EXPECT_FALSE(quick.fell_behind());
  EXPECT_EQ(quick.Texts().size(), published / (text.size() + 4));

  stopped.Close(CloseCode::kTryAgainLater, "");
  EXPECT_LE((shard_.Run(), channel_.log_memory()), 1024U);
  stopped.BecomeWritable();
  EXPECT_EQ(stopped.Texts(), Texts{text}) << "the frame that had begun is whole, and the last";
}

TEST_F(FanoutTest, ASlowReaderIsToldWhereToResume) {
  FakeSession slow(shard_);
  const Subscription in_slow = slow.Subscribe(channel_);
  Publish(0, 7);
  EXPECT_EQ(slow.Texts(), Numbers(0, 7));
  shard_.network().LimitTo(slow.socket(), 0);
  for (int i = 0; !slow.fell_behind() && i < 10'000; ++i) {
    Publish(i, i + 1);
    shard_.Run();
  }
  EXPECT_EQ(slow.fell_behind(), 7U);
}

// More was published than the log keeps while the shard was held up, and then somebody else came:
// how many messages the others missed is not known any more, and is not guessed.
TEST_F(FanoutTest, NobodyIsToldAnOffsetThatIsNotKnown) {
  FakeSession early(shard_);
  const Subscription in_early = early.Subscribe(channel_);
  Publish(0, 7);
  EXPECT_EQ(early.Texts(), Numbers(0, 7));
  Publish(7, 10'000);
  FakeSession late(shard_);
  const Subscription in_late = late.Subscribe(channel_);
  Publish(10'000, 10'003);
  EXPECT_EQ(late.Texts(), Numbers(10'000, 10'003));
  EXPECT_TRUE(early.has_fallen_behind());
  EXPECT_FALSE(early.fell_behind());
  EXPECT_EQ(early.Texts(), Numbers(0, 7));
}

TEST_F(FanoutTest, AReaderThatSkipsGoesOnWithWhatIsNewAndKnowsWhatItMissed) {
  Channel channel("feed", {.log_bytes = kLogBytes, .slow_readers = SlowReaders::kSkip});
  FakeSession slow(shard_);
  FakeSession quick(shard_);
  const Subscription in_slow = slow.Subscribe(channel);
  const Subscription in_quick = quick.Subscribe(channel);
  int published = 0;
  const auto publish = [&](int count) {
    for (const int end = published + count; published < end; ++published) {
      channel.Publish(Text(Number(published)));
      shard_.Run();
    }
  };
  publish(3);
  // Within the third message from now.
  shard_.network().LimitTo(slow.socket(), 2 * (2 + Number(3).size()) + 5);
  while (slow.missed() == 0 && published < 100'000) {
    publish(1);
    EXPECT_LE(channel.log_memory(), 2 * kLogBytes);
  }
  const int resumed = published;
  publish(3);
  slow.BecomeWritable();
  publish(2);

  // The message that had begun is finished.
  Texts expected = Numbers(0, 6);
  for (const std::string& text : Numbers(6 + static_cast<int>(slow.missed()), published)) {
    expected.push_back(text);
  }
  EXPECT_EQ(slow.Texts(), expected);
  EXPECT_EQ(6 + slow.missed(), static_cast<std::uint64_t>(resumed));
  EXPECT_FALSE(slow.fell_behind());
  EXPECT_EQ(quick.Texts(), Numbers(0, published));
  EXPECT_EQ(shard_.stats().readers_skipped.value(), 1U);
  EXPECT_EQ(shard_.stats().messages_skipped.value(), slow.missed());
  EXPECT_LE(channel.log_memory(), 1024U);
}

TEST_F(FanoutTest, AReaderOfTheLatestIsSentTheNewestMessageOfEachTurn) {
  Channel channel("prices", {.log_bytes = kLogBytes, .slow_readers = SlowReaders::kLatest});
  FakeSession a(shard_);
  FakeSession b(shard_);
  const Subscription in_a = a.Subscribe(channel);
  const Subscription in_b = b.Subscribe(channel);
  for (const int turn : {0, 10, 20}) {
    for (int i = turn; i < turn + 10; ++i) channel.Publish(Text(Number(i)));
    shard_.Run();
  }
  EXPECT_EQ(a.Texts(), (Texts{Number(9), Number(19), Number(29)}));
  EXPECT_EQ(b.Texts(), (Texts{Number(9), Number(19), Number(29)}));
  EXPECT_EQ(shard_.stats().messages_skipped.value(), 2U * 27);
}

TEST_F(FanoutTest, AReaderOfTheLatestThatStopsHoldsNothingAndGoesOnWithTheNewest) {
  Channel channel("prices", {.log_bytes = kLogBytes, .slow_readers = SlowReaders::kLatest});
  const int count = 10'000;
  for (const std::size_t stops_at : {0, 5}) {
    FakeSession slow(shard_);
    FakeSession quick(shard_);
    const Subscription in_slow = slow.Subscribe(channel);
    const Subscription in_quick = quick.Subscribe(channel);
    shard_.network().LimitTo(slow.socket(), stops_at);
    for (int i = 0; i < count; ++i) {
      channel.Publish(Text(Number(i)));
      shard_.Run();
      // One that stopped within a message holds the log from there on, up to its bound.
      ASSERT_LE(channel.log_memory(), stops_at == 0 ? kLogBytes / 2 : 2 * kLogBytes);
    }
    slow.BecomeWritable();
    Texts expected = {Number(count - 1)};
    if (stops_at > 0) expected.insert(expected.begin(), Number(0));
    EXPECT_EQ(slow.Texts(), expected);
    EXPECT_EQ(quick.Texts(), Numbers(0, count));
    EXPECT_FALSE(slow.fell_behind());
  }
}

TEST_F(FanoutTest, AFailedPeerHarmsNobodyElse) {
  for (std::size_t failing = 0; failing < 6; ++failing) {
    std::vector<std::unique_ptr<FakeSession>> sessions;
    std::vector<Subscription> subscriptions;
    for (int i = 0; i < 3; ++i) {
      sessions.push_back(std::make_unique<FakeSession>(shard_));
      subscriptions.push_back(sessions.back()->Subscribe(channel_));
    }
    shard_.network().BreakAfter(failing, failing % 2 == 0 ? EPIPE : ECONNRESET);
    Publish(0, 1);
    shard_.Run();
    Publish(1, 2);
    shard_.Run();
    int failed = 0;
    for (const auto& session : sessions) {
      if (session->send_failed()) {
        ++failed;
      } else {
        EXPECT_EQ(session->Texts(), Numbers(0, 2));
      }
    }
    EXPECT_EQ(failed, 1) << "failing at send " << failing;
  }
}

TEST_F(FanoutTest, ASessionWithTwoChannelsGetsBothInOneSend) {
  Channel other("other", {.log_bytes = kLogBytes});
  FakeSession a(shard_);
  const Subscription in_channel = a.Subscribe(channel_);
  const Subscription in_other = a.Subscribe(other);
  channel_.Publish(Text("one"));
  other.Publish(Text("two"));
  channel_.Publish(Text("three"));
  shard_.Run();
  EXPECT_EQ(shard_.network().sends(a.socket()), 1U);
  EXPECT_EQ(a.Texts(), (Texts{"one", "three", "two"})) << "in order within each channel";
}

TEST_F(FanoutTest, SessionsWithTwoChannelsGiveBackTheirLogs) {
  Channel other("other", {.log_bytes = 1 << 20});
  FakeSession a(shard_);
  FakeSession b(shard_);
  const Subscription a1 = a.Subscribe(channel_);
  const Subscription a2 = a.Subscribe(other);
  const Subscription b1 = b.Subscribe(channel_);
  const Subscription b2 = b.Subscribe(other);
  const std::string text(5'000, 'x');
  channel_.Publish(Text(text));
  shard_.network().LimitTo(a.socket(), 10);
  shard_.Run();
  EXPECT_GT(channel_.log_memory(), 0U);
  // It is sent in parts, and in between nothing is published.
  for (int i = 0; i < 10; ++i) {
    a.BecomeWritable();
    shard_.network().LimitTo(a.socket(), 1'000);
    shard_.Run();
  }
  EXPECT_EQ(a.Texts(), Texts{text});
  EXPECT_EQ(b.Texts(), Texts{text});
  EXPECT_EQ(channel_.log_memory(), 0U);
  EXPECT_EQ(other.log_memory(), 0U);
}

TEST_F(FanoutTest, ASessionWithTwoChannelsMayStopAnywhere) {
  const std::size_t all = 4 * (2 + 1);
  for (std::size_t first = 0; first <= all; ++first) {
    Channel other("other", {.log_bytes = kLogBytes});
    FakeSession a(shard_);
    const Subscription in_channel = a.Subscribe(channel_);
    const Subscription in_other = a.Subscribe(other);
    shard_.network().LimitTo(a.socket(), first);
    for (const char* text : {"1", "2"}) channel_.Publish(Text(text));
    for (const char* text : {"a", "b"}) other.Publish(Text(text));
    shard_.Run();
    a.BecomeWritable();
    EXPECT_EQ(a.Texts(), (Texts{"1", "2", "a", "b"})) << "stopped after " << first;
  }
}

TEST_F(FanoutTest, GoingBackToOneChannelKeepsItsOrder) {
  Channel other("other", {.log_bytes = kLogBytes});
  FakeSession a(shard_);
  const Subscription in_channel = a.Subscribe(channel_);
  Subscription in_other = a.Subscribe(other);
  Publish(0, 2);
  shard_.Run();
  in_other = Subscription();
  Publish(2, 4);
  EXPECT_EQ(a.Texts(), Numbers(0, 4));
}

TEST(FanoutTurnTest, ALargeRoomIsSpreadOverTurns) {
  FakeShard shard({.log_messages = false, .turn_budget = std::chrono::nanoseconds(0)});
  Channel channel("channel", {.log_bytes = kLogBytes});
  std::vector<std::unique_ptr<FakeSession>> sessions;
  std::vector<Subscription> subscriptions;
  for (int i = 0; i < 1000; ++i) {
    sessions.push_back(std::make_unique<FakeSession>(shard));
    subscriptions.push_back(sessions.back()->Subscribe(channel));
  }
  channel.Publish(Text("one"));
  ASSERT_TRUE(shard.RunOne());
  EXPECT_LT(shard.stats().send_calls.value(), 1000U) << "the turn ends before the room does";
  EXPECT_GT(shard.stats().send_calls.value(), 0U);

  // Between the turns: somebody of each part leaves, somebody comes, and there is a new message.
  subscriptions[0] = Subscription();
  subscriptions[999] = Subscription();
  FakeSession late(shard);
  const Subscription in_late = late.Subscribe(channel);
  channel.Publish(Text("two"));

  EXPECT_EQ(sessions[0]->Texts(), Texts{"one"});
  EXPECT_EQ(sessions[999]->Texts(), Texts{});
  EXPECT_EQ(late.Texts(), Texts{"two"});
  for (int i = 1; i < 999; ++i) ASSERT_EQ(sessions[i]->Texts(), (Texts{"one", "two"})) << i;
}

TEST(FanoutTurnTest, ALargeRoomDoesNotStarveASmallOne) {
  FakeShard shard({.log_messages = false, .turn_budget = std::chrono::nanoseconds(0)});
  Channel large("large", {.log_bytes = kLogBytes});
  Channel small("small", {.log_bytes = kLogBytes});
  std::vector<std::unique_ptr<FakeSession>> sessions;
  std::vector<Subscription> subscriptions;
  for (int i = 0; i < 5000; ++i) {
    sessions.push_back(std::make_unique<FakeSession>(shard));
    subscriptions.push_back(sessions.back()->Subscribe(large));
  }
  FakeSession waiting(shard);
  const Subscription in_small = waiting.Subscribe(small);
  large.Publish(Text("large"));
  small.Publish(Text("small"));
  // The turn that the large room does not finish, and the next.
  ASSERT_TRUE(shard.RunOne());
  ASSERT_TRUE(shard.RunOne());
  EXPECT_EQ(shard.network().sends(waiting.socket()), 1U);
  EXPECT_LT(shard.stats().send_calls.value(), 5000U) << "the large room is not done by then";
  shard.Run();
  EXPECT_EQ(shard.stats().send_calls.value(), 5001U);
}

TEST(FanoutShardsTest, SubscribersOfTwoShardsHearOneOrder) {
  FakeShard first;
  FakeShard second;
  Channel channel("channel", {.log_bytes = kLogBytes});
  FakeSession a(first);
  FakeSession b(second);
  Subscription in_a = a.Subscribe(channel);
  const Subscription in_b = b.Subscribe(channel);
  for (int i = 0; i < 10; ++i) channel.Publish(Text(Number(i)));
  EXPECT_EQ(a.Texts(), Numbers(0, 10));
  EXPECT_GT(channel.log_memory(), 0U) << "the second shard has yet to send";
  EXPECT_EQ(b.Texts(), Numbers(0, 10));
  in_a = Subscription();
  channel.Publish(Text(Number(10)));
  EXPECT_EQ(b.Texts(), Numbers(0, 11));
}

TEST(FanoutShardsTest, TheLogIsGivenBackWhenItsSlowestShardLeaves) {
  FakeShard first;
  FakeShard second;
  Channel channel("channel", {.log_bytes = kLogBytes});
  FakeSession a(first);
  FakeSession b(second);
  const Subscription in_a = a.Subscribe(channel);
  Subscription in_b = b.Subscribe(channel);
  for (int i = 0; i < 1000; ++i) channel.Publish(Text(Number(i)));
  first.Run();
  EXPECT_GT(channel.log_memory(), 1024U);
  in_b = Subscription();
  EXPECT_LE(channel.log_memory(), 1024U);
}

TEST(FanoutShardsTest, AShardThatDoesNotRunIsCutOffAtTheBound) {
  FakeShard running;
  FakeShard stuck;
  Channel channel("channel", {.log_bytes = kLogBytes});
  FakeSession a(running);
  FakeSession b(stuck);
  const Subscription in_a = a.Subscribe(channel);
  const Subscription in_b = b.Subscribe(channel);
  const std::string text(1000, 'x');
  for (int i = 0; i < 200; ++i) {
    channel.Publish(Text(text));
    running.Run();
  }
  EXPECT_LE(channel.log_memory(), 2 * kLogBytes);
  EXPECT_EQ(a.Texts().size(), 200U);
  stuck.Run();
  EXPECT_TRUE(b.fell_behind());
}

TEST(SocketWriterTest, RefusesWhatTheOutboxHasNoRoomFor) {
  FakeShard shard;
  FakeSession a(shard, 10);
  EXPECT_TRUE(a.writer().Write(Text("12345678")));
  EXPECT_FALSE(a.writer().Write(Text("")));
  EXPECT_EQ(a.Texts(), Texts{"12345678"});
  EXPECT_TRUE(a.writer().Write(Text("again")));
}

TEST(SocketWriterTest, AnOutboxThatIsNeverEmptyKeepsOnlyWhatIsUnsent) {
  FakeShard shard;
  FakeSession a(shard, 1000);
  const std::string text(98, 'x');
  for (int i = 0; i < 9; ++i) ASSERT_TRUE(a.writer().Write(Text(text)));
  for (int i = 0; i < 1000; ++i) {
    shard.network().LimitTo(a.socket(), text.size() + 2);
    a.writer().OnWritable();
    shard.Run();
    ASSERT_TRUE(a.writer().Write(Text(text)));
    ASSERT_LE(a.writer().outbox_memory(), 4000U) << "after " << i << " messages";
  }
  a.BecomeWritable();
  EXPECT_EQ(a.Texts(), Texts(1009, text));
}

TEST(SocketWriterTest, ASubscriptionAfterTheEndDoesNothing) {
  FakeShard shard;
  Channel channel("channel", {.log_bytes = kLogBytes});
  Subscription outlives;
  {
    FakeSession a(shard);
    a.writer().Close();
    outlives = a.Subscribe(channel);
  }
  channel.Publish(Text("to nobody"));
  shard.Run();
  EXPECT_EQ(shard.stats().send_calls.value(), 0U);
}

TEST(SocketWriterTest, IsDrainedWhenAllHasBeenSent) {
  FakeShard shard;
  Channel channel("channel", {.log_bytes = kLogBytes});
  FakeSession a(shard);
  const Subscription in_a = a.Subscribe(channel);
  EXPECT_TRUE(a.writer().drained());
  a.Send(Text("private"));
  EXPECT_FALSE(a.writer().drained());
  shard.Run();
  EXPECT_TRUE(a.writer().drained());
  shard.network().LimitTo(a.socket(), 3);
  channel.Publish(Text("channel"));
  shard.Run();
  EXPECT_FALSE(a.writer().drained());
  a.BecomeWritable();
  shard.Run();
  EXPECT_TRUE(a.writer().drained());
}

}  // namespace
}  // namespace fanfare
