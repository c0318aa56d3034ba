// Readers that are slower than what they are sent, and peers that do not read at all.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/client.h"
#include "tests/probe_route.h"
#include "tests/raw_client.h"
#include "tests/test_server.h"

namespace fanfare::testing {
namespace {

constexpr PeerSocket::Options kSmallBuffers{.receive_buffer = 4096};
constexpr std::size_t kMessageBytes = 16 * 1024;

// The n-th message of the busy room.
std::string Text(std::size_t n) {
  return BurstMessage(n, kMessageBytes);
}

// A room with a bound of a quarter megabyte, where one talks and listens at the same pace.
class SlowReaderTest : public ::testing::Test {
 protected:
  static Limits RoomLimits(std::chrono::seconds handshake_time = std::chrono::seconds(10)) {
    Limits limits;
    limits.message_bytes = 64 * 1024;
    limits.log_bytes = 256 * 1024;
    limits.outbox_bytes = 256 * 1024;
    limits.handshake_time = handshake_time;
    return limits;
  }

  // Talks until somebody was found to be slow; everybody else hears everything.
  static void TalkUntilSlow(TestServer& server, Client& talker, Client& listener) {
    std::size_t most_memory = 0;
    std::size_t n = 0;
    // The kernel holds some megabytes for the slow one.
    for (; server.Count("slow_readers") == 0 && n < 4000; ++n) {
      talker.SendText(Text(n));
      ASSERT_TRUE(talker.ReceiveText() == Text(n));
      ASSERT_TRUE(listener.ReceiveText() == Text(n));
      most_memory = std::max(most_memory, ProbeMemory());
    }
    EXPECT_EQ(server.Count("slow_readers"), 1U) << "after " << n << " messages";
    EXPECT_GT(most_memory, 64U * 1024);
    // A chunk may be half empty when the next frame does not fit it.
    EXPECT_LE(most_memory, 2 * RoomLimits().log_bytes);
    // What was kept for the slow one is given back.
    talker.SendText("after");
    EXPECT_EQ(talker.ReceiveText(), "after");
    EXPECT_EQ(listener.ReceiveText(), "after");
    EXPECT_TRUE(WaitUntil([] { return ProbeMemory() <= 64 * 1024; })) << ProbeMemory();
  }
};

TEST_F(SlowReaderTest, FindsWholeMessagesWithoutAGapAndThenWhy) {
  TestServer server(LocalConfig(RoomLimits()), {.routes = ProbeRoute()});
  Client talker(server.endpoint(), "/probe");
  Client listener(server.endpoint(), "/probe");
  RawClient slow = RawClient::Open(server.endpoint(), "/probe", kSmallBuffers);
  TalkUntilSlow(server, talker, listener);
  ReceivedFrame frame = slow.ReadFrame();
  std::size_t n = 0;
  for (; frame.opcode == kText; frame = slow.ReadFrame()) {
    ASSERT_TRUE(frame.payload == Text(n++)) << "message " << n;
  }
  EXPECT_GT(n, 0U);
  ASSERT_EQ(frame.opcode, kClose);
  EXPECT_EQ(frame.close_code(), 1013);
  EXPECT_NE(frame.close_reason().find("fell behind"), std::string::npos) << frame.close_reason();
  // The closing handshake still works.
  slow.Write(CloseFrame(1013));
  EXPECT_TRUE(slow.EndsCleanly());
  slow.socket().Close();
  EXPECT_TRUE(server.WaitForSessions(2));
}

TEST_F(SlowReaderTest, IsCutWhenItNeverReadsAgain) {
  TestServer server(LocalConfig(RoomLimits(std::chrono::seconds(1))), {.routes = ProbeRoute()});
  Client talker(server.endpoint(), "/probe");
  Client listener(server.endpoint(), "/probe");
  RawClient slow = RawClient::Open(server.endpoint(), "/probe", kSmallBuffers);
  TalkUntilSlow(server, talker, listener);
  EXPECT_TRUE(server.WaitForSessions(2));
  EXPECT_EQ(server.Count("slow_readers"), 1U);
  EXPECT_EQ(server.Count("idle_timeouts"), 0U);
}

TEST_F(SlowReaderTest, MayResetTheConnection) {
  TestServer server(LocalConfig(RoomLimits()), {.routes = ProbeRoute()});
  Client talker(server.endpoint(), "/probe");
  Client listener(server.endpoint(), "/probe");
  RawClient slow = RawClient::Open(server.endpoint(), "/probe", kSmallBuffers);
  TalkUntilSlow(server, talker, listener);
  slow.socket().Reset();
  EXPECT_TRUE(server.WaitForSessions(2));
}

// One that pauses but does not fall behind the bound misses nothing.
TEST_F(SlowReaderTest, CatchesUpWithinTheBound) {
  Limits limits;
  limits.log_bytes = 64 * 1024 * 1024;
  TestServer server(LocalConfig(limits), {.routes = ProbeRoute()});
  Client talker(server.endpoint(), "/probe");
  Client pauses(server.endpoint(), "/probe", kSmallBuffers);
  constexpr std::size_t kMessages = 1000;
  for (int round = 0; round < 2; ++round) {
    for (std::size_t n = 0; n < kMessages; ++n) {
      talker.SendText(Text(n));
      ASSERT_TRUE(talker.ReceiveText() == Text(n));
    }
    // More than the kernel holds.
    EXPECT_GT(ProbeMemory(), 64U * 1024);
    for (std::size_t n = 0; n < kMessages; ++n) ASSERT_TRUE(pauses.ReceiveText() == Text(n));
    // It is up to date when the room is at rest.
    EXPECT_TRUE(WaitUntil([] { return ProbeMemory() <= 64 * 1024; })) << ProbeMemory();
  }
  EXPECT_EQ(server.Count("slow_readers"), 0U);
}

// What one turn publishes is more than one pass sends, and more than the sockets take at once.
TEST_F(SlowReaderTest, ALargeBurstReachesEveryoneWhole) {
  Limits limits;
  limits.log_bytes = 16 * 1024 * 1024;
  TestServer server(LocalConfig(limits), {.routes = ProbeRoute()});
  Client fast(server.endpoint(), "/probe");
  Client small(server.endpoint(), "/probe", kSmallBuffers);
  fast.SendText("burst 60 100000");
  for (std::size_t n = 0; n < 60; ++n) {
    ASSERT_TRUE(fast.ReceiveText() == BurstMessage(n, 100000));
    ASSERT_TRUE(small.ReceiveText() == BurstMessage(n, 100000));
  }
}

}  // namespace
}  // namespace fanfare::testing
