// Peers that have the server answer, and do not read the answers.
#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "tests/client.h"
#include "tests/probe_route.h"
#include "tests/raw_client.h"
#include "tests/test_server.h"

namespace fanfare::testing {
namespace {

constexpr PeerSocket::Options kSmallBuffers{.receive_buffer = 4096};
// So long without a byte taken: the server does not read any more.
constexpr std::chrono::milliseconds kNoMore(300);

Limits SmallOutbox() {
  Limits limits;
  limits.message_bytes = 64 * 1024;
  limits.outbox_bytes = 256 * 1024;
  return limits;
}

// Sends one frame again and again until the server reads no more; returns all that was sent. More
// than `most` bytes are too many: then nothing holds the peer back.
std::string WriteUntilHeldBack(RawClient& client, std::string_view frame, std::size_t most) {
  std::string sent;
  while (sent.size() < most) {
    const std::size_t part = client.socket().WriteFor(frame, kNoMore);
    sent += frame.substr(0, part);
    if (part < frame.size()) break;
  }
  return sent;
}

// Far more than what the outbox and the kernel's buffers of both directions hold.
constexpr std::size_t kUnlimited = 64 * 1024 * 1024;

TEST(BackPressureTest, APeerThatDoesNotReadIsNotReadFromAndLosesNothing) {
  TestServer server(LocalConfig(SmallOutbox()));
  RawClient client = RawClient::Open(server.endpoint(), "/echo", kSmallBuffers);
  Client other(server.endpoint(), "/echo");
  const std::string payload(10'000, 'e');
  const std::string frame = TextFrame(payload);
  const std::string sent = WriteUntilHeldBack(client, frame, kUnlimited);
  ASSERT_LT(sent.size(), kUnlimited) << "the server takes whatever comes";
  ASSERT_GT(sent.size(), frame.size());
  // It holds up nobody else.
  other.SendText("alone?");
  EXPECT_EQ(other.ReceiveText(), "alone?");
  EXPECT_EQ(server.sessions(), 2U);
  // The frame that was cut is completed while the answers are read.
  std::thread completes([&] {
    client.Write(std::string_view(frame).substr(sent.size() % frame.size()));
    client.Write(TextFrame("last"));
  });
  const std::size_t whole = sent.size() / frame.size() + 1;
  for (std::size_t i = 0; i < whole; ++i) {
    const ReceivedFrame answer = client.ReadFrame();
    ASSERT_EQ(answer.opcode, kText);
    ASSERT_TRUE(answer.payload == payload) << "answer " << i << " of " << whole;
  }
  EXPECT_EQ(client.ReadFrame().payload, "last");
  completes.join();
  EXPECT_EQ(server.Count("outbox_overflows"), 0U);
}

TEST(BackPressureTest, APeerThatIsNotReadFromMayResetTheConnection) {
  TestServer server(LocalConfig(SmallOutbox()));
  RawClient client = RawClient::Open(server.endpoint(), "/echo", kSmallBuffers);
  const std::string frame = TextFrame(std::string(10'000, 'e'));
  ASSERT_LT(WriteUntilHeldBack(client, frame, kUnlimited).size(), kUnlimited);
  client.socket().Reset();
  EXPECT_TRUE(server.WaitForSessions(0));
  EXPECT_EQ(server.Count("sessions_closed"), 1U);
}

TEST(BackPressureTest, APeerThatNeverReadsAgainIsIdle) {
  Limits limits = SmallOutbox();
  limits.idle_time = std::chrono::seconds(2);
  TestServer server(LocalConfig(limits));
  RawClient client = RawClient::Open(server.endpoint(), "/echo", kSmallBuffers);
  const std::string frame = TextFrame(std::string(10'000, 'e'));
  ASSERT_LT(WriteUntilHeldBack(client, frame, kUnlimited).size(), kUnlimited);
  EXPECT_TRUE(server.WaitForSessions(0));
  EXPECT_EQ(server.Count("sessions_closed"), 1U);
  EXPECT_EQ(server.Count("idle_timeouts"), 1U);
}

// One answer alone may be over the mark from which on nothing is read; it leaves all the same.
TEST(BackPressureTest, AnAnswerOverTheMarkIsSent) {
  Limits limits;
  limits.message_bytes = 200 * 1024;
  limits.outbox_bytes = 256 * 1024;
  TestServer server(LocalConfig(limits));
  Client client(server.endpoint(), "/echo");
  const std::string large(200 * 1024, 'l');
  for (int i = 0; i < 5; ++i) {
    client.SendText(large);
    ASSERT_TRUE(client.ReceiveText() == large);
  }
}

TEST(BackPressureTest, MoreThanTheOutboxHoldsClosesWith1008) {
  // What fits, headers and all, fills the outbox to the last byte; the close frame leaves
  // regardless.
  constexpr std::size_t kFits = 26;
  Limits limits = SmallOutbox();
  limits.outbox_bytes = kFits * (4 + 10'000);
  TestServer server(LocalConfig(limits), {.routes = ProbeRoute()});
  Client client(server.endpoint(), "/probe");
  client.SendText("send 100 10000");
  for (std::size_t n = 0; n < kFits; ++n) {
    ASSERT_TRUE(client.ReceiveText() == BurstMessage(n, 10'000)) << n;
  }
  const CloseReason closed = client.ReceiveClose();
  EXPECT_EQ(closed.code, 1008);
  EXPECT_NE(closed.reason.find("reads too slowly"), std::string::npos) << closed.reason;
  EXPECT_TRUE(server.WaitForSessions(0));
  EXPECT_EQ(server.Count("outbox_overflows"), 1U);
}

TEST(BackPressureTest, WhatWasSentLeavesBeforeTheCloseFrame) {
  TestServer server(LocalConfig(), {.routes = ProbeRoute()});
  Client client(server.endpoint(), "/probe", kSmallBuffers);
  client.SendText("send 30 100000");
  client.SendText("close");
  for (std::size_t n = 0; n < 30; ++n) {
    ASSERT_TRUE(client.ReceiveText() == BurstMessage(n, 100'000)) << n;
  }
  const CloseReason closed = client.ReceiveClose();
  EXPECT_EQ(closed.code, 1000);
  EXPECT_EQ(closed.reason, "as you wish");
}

TEST(BackPressureTest, APeerThatClosesIsStillSentWhatWasWaiting) {
  Limits limits;
  // Not by a timeout.
  limits.handshake_time = 2 * kPatience;
  TestServer server(LocalConfig(limits), {.routes = ProbeRoute()});
  RawClient client = RawClient::Open(server.endpoint(), "/probe", kSmallBuffers);
  client.Write(TextFrame("send 30 100000") + CloseFrame(1000));
  EXPECT_TRUE(WaitUntil([&] { return server.Count("messages_sent") == 30; }));
  for (std::size_t n = 0; n < 30; ++n) {
    ASSERT_TRUE(client.ReadFrame().payload == BurstMessage(n, 100'000)) << n;
  }
  EXPECT_EQ(client.ReadFrame().close_code(), 1000);
  EXPECT_TRUE(client.EndsCleanly());
}

TEST(BackPressureTest, AFloodOfPingsIsEndedAndCounted) {
  Limits limits = SmallOutbox();
  limits.control_frames_per_second = 0;
  TestServer server(LocalConfig(limits));
  RawClient client = RawClient::Open(server.endpoint(), "/chat", kSmallBuffers);
  Client other(server.endpoint(), "/chat");
  const std::string frame = Encode({.opcode = kPing, .payload = std::string(125, 'p')});
  std::string pings;
  while (pings.size() < 64 * 1024) pings += frame;
  for (std::size_t sent = 0; server.Count("outbox_overflows") == 0; sent += pings.size()) {
    ASSERT_LT(sent, kUnlimited) << "the server answers whatever comes";
    client.socket().WriteFor(pings, kNoMore);
  }
  EXPECT_EQ(server.Count("outbox_overflows"), 1U);
  client.socket().Reset();
  EXPECT_TRUE(server.WaitForSessions(1));
  other.SendText("quiet at last");
  EXPECT_EQ(other.ReceiveText(), "quiet at last");
}

}  // namespace
}  // namespace fanfare::testing
