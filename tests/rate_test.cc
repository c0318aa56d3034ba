// Sessions that send faster than they may.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "tests/client.h"
#include "tests/raw_client.h"
#include "tests/test_server.h"

namespace fanfare::testing {
namespace {

using Clock = std::chrono::steady_clock;

// Numbered messages, to be sent all at once.
std::string Frames(int count) {
  std::string frames;
  for (int i = 0; i < count; ++i) frames += TextFrame(std::to_string(i));
  return frames;
}

TEST(RateTest, WhoSendsTooManyMessagesIsHeldBackAndLosesNone) {
  Limits limits;
  limits.messages_per_second = 20;
  TestServer server(LocalConfig(limits));
  RawClient client = RawClient::Open(server.endpoint(), "/echo");
  const auto start = Clock::now();
  client.Write(Frames(60) + CloseFrame(1000));
  for (int i = 0; i < 60; ++i) ASSERT_EQ(client.ReadFrame().payload, std::to_string(i));
  EXPECT_EQ(client.ReadFrame().close_code(), 1000);
  // Twenty at once, and then forty more; this is a bound for the fastest machine.
  EXPECT_GE(Clock::now() - start, std::chrono::milliseconds(1900));
  EXPECT_TRUE(client.EndsCleanly());
  EXPECT_GE(server.Count("rate_waits"), 1U);
  EXPECT_EQ(server.Count("rates_exceeded"), 0U);
}

TEST(RateTest, AMessageOverASecondsWorthComesInTime) {
  Limits limits;
  limits.bytes_per_second = 200'000;
  TestServer server(LocalConfig(limits));
  Client client(server.endpoint(), "/echo");
  const auto start = Clock::now();
  const std::string large(600'000, 'l');
  client.SendText(large);
  EXPECT_TRUE(client.ReceiveText() == large);
  EXPECT_GE(Clock::now() - start, std::chrono::milliseconds(1500));
  EXPECT_GE(server.Count("rate_waits"), 1U);
  EXPECT_EQ(server.Count("rates_exceeded"), 0U);
}

TEST(RateTest, WhoNeverStopsIsClosedAndNobodyElse) {
  Limits limits;
  limits.messages_per_second = 10;
  limits.rate_time = std::chrono::seconds(1);
  TestServer server(LocalConfig(limits));
  Client other(server.endpoint(), "/echo");
  Client client(server.endpoint(), "/echo");
  client.socket().WriteFor(Frames(1000), kPatience);
  other.SendText("alone?");
  EXPECT_EQ(other.ReceiveText(), "alone?");
  const CloseReason closed = client.ReceiveClose(true);
  EXPECT_EQ(closed.code, 1008);
  EXPECT_NE(closed.reason.find("limits.messages_per_second"), std::string::npos) << closed.reason;
  EXPECT_TRUE(server.WaitForSessions(1));
  EXPECT_EQ(server.Count("rates_exceeded"), 1U);
  other.SendText("still here");
  EXPECT_EQ(other.ReceiveText(), "still here");
}

TEST(RateTest, WhoNeverStopsIsToldBefore) {
  Limits limits;
  limits.messages_per_second = 10;
  limits.rate_time = std::chrono::seconds(2);
  TestServer server(LocalConfig(limits));
  RawClient client(server.endpoint());
  std::string handshake = HandshakeFor("/chat");
  handshake.insert(handshake.find("\r\n") + 2, "Sec-WebSocket-Protocol: fanfare.chat.v1\r\n");
  client.Write(handshake);
  EXPECT_EQ(client.ReadReply().status, 101U);
  std::string pings;
  for (int i = 0; i < 1000; ++i) pings += TextFrame(R"({"type": "ping"})");
  client.Write(pings);
  int warnings = 0;
  ReceivedFrame frame = client.ReadFrame();
  while (frame.opcode != kClose) {
    if (frame.payload.find("too_fast") != std::string::npos) {
      ++warnings;
      EXPECT_NE(frame.payload.find("limits.messages_per_second"), std::string::npos);
    }
    frame = client.ReadFrame();
  }
  EXPECT_EQ(frame.close_code(), 1008);
  EXPECT_EQ(warnings, 1);
}

// What is no message, or never becomes one, counts by its bytes.
TEST(RateTest, AFloodOfPingsIsClosed) {
  Limits limits;
  limits.message_bytes = 1000;
  limits.bytes_per_second = 1000;
  limits.rate_time = std::chrono::seconds(1);
  limits.control_frames_per_second = 0;
  TestServer server(LocalConfig(limits));
  RawClient client = RawClient::Open(server.endpoint(), "/echo");
  std::string pings;
  while (pings.size() < 20'000) pings += Encode({.opcode = kPing, .payload = "?"});
  client.Write(pings);
  ReceivedFrame frame = client.ReadFrame();
  while (frame.opcode == kPong) frame = client.ReadFrame();
  EXPECT_EQ(frame.close_code(), 1008);
  EXPECT_NE(frame.close_reason().find("limits.bytes_per_second"), std::string::npos)
      << frame.close_reason();
  EXPECT_EQ(server.Count("rates_exceeded"), 1U);
}

TEST(RateTest, WhoIsHeldBackIsNotIdle) {
  Limits limits;
  limits.messages_per_second = 1;
  limits.idle_time = std::chrono::seconds(2);
  TestServer server(LocalConfig(limits));
  RawClient client = RawClient::Open(server.endpoint(), "/echo");
  client.Write(Frames(4) + CloseFrame(1000));
  for (int i = 0; i < 4; ++i) ASSERT_EQ(client.ReadFrame().payload, std::to_string(i));
  EXPECT_EQ(client.ReadFrame().close_code(), 1000);
  EXPECT_EQ(server.Count("idle_timeouts"), 0U);
}

TEST(RateTest, WhoIsHeldBackMayResetTheConnection) {
  Limits limits;
  limits.messages_per_second = 1;
  TestServer server(LocalConfig(limits));
  RawClient client = RawClient::Open(server.endpoint(), "/echo");
  client.Write(Frames(10));
  EXPECT_TRUE(WaitUntil([&] { return server.Count("rate_waits") == 1; }));
  client.socket().Reset();
  EXPECT_TRUE(server.WaitForSessions(0));
}

TEST(RateTest, AStopDoesNotWaitForWhoIsHeldBack) {
  Limits limits;
  limits.message_bytes = 100;
  limits.bytes_per_second = 10;
  limits.rate_time = std::chrono::hours(1);
  // Not by a timeout.
  limits.shutdown_time = std::chrono::hours(1);
  limits.handshake_time = std::chrono::hours(1);
  TestServer server(LocalConfig(limits));
  RawClient client = RawClient::Open(server.endpoint(), "/echo");
  client.Write(Frames(1000));
  EXPECT_TRUE(WaitUntil([&] { return server.Count("rate_waits") > 0; }));
  std::thread answers([&] {
    ReceivedFrame frame = client.ReadFrame();
    while (frame.opcode != kClose) frame = client.ReadFrame();
    client.WriteIfOpen(CloseFrame(frame.close_code()));
    EXPECT_TRUE(client.EndsCleanly());
    client.socket().Close();
  });
  EXPECT_EQ(server->Stop(), 0U);
  answers.join();
}

}  // namespace
}  // namespace fanfare::testing
