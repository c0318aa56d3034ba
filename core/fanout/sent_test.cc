// What a session was sent, counted by its writer alone or by its channel's group for many at once.
#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "core/channel.h"
#include "core/fanout/socket_writer.h"
#include "core/testing/fake_shard.h"

namespace fanfare {
namespace {

using testing::FakeSession;
using testing::FakeShard;

Message Text(std::string_view text) {
  return {.type = MessageType::kText, .payload = text};
}

constexpr Channel::Settings kSettings{.log_bytes = 64 * 1024};

TEST(SentTest, EachIsToldWhatItWasSent) {
  FakeShard shard;
  Channel channel("channel", kSettings);
  FakeSession early(shard);
  FakeSession late(shard);
  const Subscription in_early = early.Subscribe(channel);
  channel.Publish(Text("one"));
  shard.Run();
  const Subscription in_late = late.Subscribe(channel);
  channel.Publish(Text("three"));
  shard.Run();
  late.Send(Text("private"));
  shard.Run();
  EXPECT_EQ(early.writer().sent().messages, 2U);
  EXPECT_EQ(early.writer().sent().bytes, 2U + 3 + 2 + 5);
  EXPECT_EQ(late.writer().sent().messages, 2U);
  EXPECT_EQ(late.writer().sent().bytes, 2U + 5 + 2 + 7);
}

TEST(SentTest, LagIsWhatTheCursorIsBehindTheHead) {
  FakeShard shard;
  Channel channel("channel", kSettings);
  FakeSession slow(shard);
  const Subscription in_slow = slow.Subscribe(channel);
  EXPECT_EQ(slow.writer().lag_bytes(), 0U);
  // Not sent yet.
  channel.Publish(Text("one"));
  EXPECT_EQ(slow.writer().lag_bytes(), 5U);
  shard.network().LimitTo(slow.socket(), 4);
  shard.Run();
  EXPECT_EQ(slow.writer().lag_bytes(), 1U);
  channel.Publish(Text("three"));
  shard.Run();
  EXPECT_EQ(slow.writer().lag_bytes(), 8U);
  slow.BecomeWritable();
  shard.Run();
  EXPECT_EQ(slow.writer().lag_bytes(), 0U);
}

TEST(SentTest, WhatWasSkippedWasNotSent) {
  FakeShard shard;
  Channel channel("channel", {.log_bytes = 2048, .slow_readers = SlowReaders::kLatest});
  FakeSession session(shard);
  FakeSession slow(shard);
  const Subscription in = session.Subscribe(channel);
  const Subscription in_slow = slow.Subscribe(channel);
  shard.network().LimitTo(slow.socket(), 3);
  for (int turn = 0; turn < 5; ++turn) {
    for (int i = 0; i < 10; ++i) channel.Publish(Text("message"));
    shard.Run();
  }
  slow.BecomeWritable();
  shard.Run();
  for (FakeSession* each : {&session, &slow}) {
    EXPECT_EQ(each->writer().sent().bytes, shard.network().sent(each->socket()).size());
    EXPECT_EQ(each->writer().sent().messages, each->Messages().size());
  }
}

// Direct or lagging, in one channel or two, cut anywhere: what is counted is what the socket took.
TEST(SentTest, WhateverBecomesOfASubscriptionEveryByteIsCountedOnce) {
  // The same in every run.
  std::minstd_rand random(1);  // NOLINT(cert-msc32-c,cert-msc51-cpp)
  const auto below = [&](std::size_t bound) { return static_cast<std::size_t>(random()) % bound; };
  FakeShard shard;
  std::array<Channel, 2> channels{Channel("a", kSettings), Channel("b", kSettings)};
  struct Peer {
    explicit Peer(FakeShard& its_shard) : session(its_shard) {}
    FakeSession session;
    std::array<std::optional<Subscription>, 2> in;
    std::size_t left = 0;
  };
  std::vector<std::unique_ptr<Peer>> peers;
  for (int i = 0; i < 5; ++i) peers.push_back(std::make_unique<Peer>(shard));
  for (int step = 0; step < 5000; ++step) {
    Peer& peer = *peers[below(peers.size())];
    std::optional<Subscription>& in = peer.in[below(2)];
    switch (below(8)) {
      case 0:
        if (in) {
          in.reset();
          ++peer.left;
        } else {
          in = peer.session.Subscribe(channels[&in == &peer.in[1] ? 1 : 0]);
        }
        break;
      case 1:
        peer.session.Send(Text("private"));
        break;
      case 2:
        shard.network().LimitTo(peer.session.socket(), below(40));
        break;
      case 3:
        peer.session.BecomeWritable();
        break;
      case 4:
        shard.RunOne();
        break;
      case 5:
        shard.Run();
        break;
      default:
        channels[below(2)].Publish(Text(std::string(below(30), 'x')));
    }
    for (const auto& each : peers) {
      ASSERT_EQ(each->session.writer().sent().bytes,
                shard.network().sent(each->session.socket()).size())
          << "at step " << step;
    }
  }
  for (const auto& each : peers) {
    each->session.BecomeWritable();
    const std::size_t received = each->session.Messages().size();
    EXPECT_EQ(each->session.writer().lag_bytes(), 0U);
    EXPECT_LE(each->session.writer().sent().messages, received);
    // The rest of a frame that was cut by leaving is no message of its own.
    EXPECT_GE(each->session.writer().sent().messages + each->left, received);
    EXPECT_GT(received, 100U);
  }
}

}  // namespace
}  // namespace fanfare
