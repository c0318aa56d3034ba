#include "bench/load_client.h"

#include <gtest/gtest.h>

#include <string>

#include "bench/scripted_server.h"
#include "bench/server_process.h"
#include "bench/subject.h"

namespace fanfare::bench {
namespace {

using std::chrono::milliseconds;

// The status of a run of ten messages against a script, and of the silence after it.
absl::Status RunAgainst(ScriptedServer::Script script,
                        milliseconds silence_limit = milliseconds(10'000)) {
  const ScriptedServer server(std::move(script));
  auto load = LoadClient::Connect(
      {.connect = {.server = server.endpoint()}, .silence_limit = silence_limit});
  if (!load.ok()) {
    return load.status();
  }
  const auto result = (*load)->Run({.messages_per_publisher = 10});
  return result.ok() ? (*load)->ExpectSilence(milliseconds(50)) : result.status();
}

TEST(LoadClientTest, AcceptsAnHonestServer) {
  EXPECT_TRUE(RunAgainst([](int, const std::string& honest) { return honest; }).ok());
}

TEST(LoadClientTest, NoticesADoubledMessage) {
  const absl::Status status = RunAgainst(
      [](int nth, const std::string& honest) { return nth == 5 ? honest + honest : honest; });
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
}

TEST(LoadClientTest, NoticesADoubledLastMessage) {
  const absl::Status status = RunAgainst(
      [](int nth, const std::string& honest) { return nth == 9 ? honest + honest : honest; });
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
}

TEST(LoadClientTest, NoticesAChangedMessage) {
  const absl::Status status = RunAgainst([](int nth, std::string honest) {
    honest.back() = nth == 5 ? '?' : honest.back();
    return honest;
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
}

TEST(LoadClientTest, NoticesALostMessage) {
  std::string pong;
  AppendServerFrame(Opcode::kPong, "", pong);
  const absl::Status status =
      RunAgainst([pong](int nth, const std::string& honest) { return nth == 5 ? pong : honest; },
                 milliseconds(100));
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded) << status;
}

TEST(LoadClientTest, NoticesTheEndOfAConnection) {
  const absl::Status status = RunAgainst(
      [](int nth, const std::string& honest) { return nth == 5 ? std::string() : honest; });
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
}

TEST(LoadClientTest, NoticesACloseFrame) {
  std::string close;
  AppendServerFrame(Opcode::kClose, "\x03\xF0policy", close);
  const absl::Status status = RunAgainst([close](int, const std::string&) { return close; });
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_NE(status.message().find("policy"), absl::string_view::npos) << status;
}

TEST(LoadClientTest, AnswersPingsAndJoinsFramesThatComeInPieces) {
  std::string ping;
  AppendServerFrame(Opcode::kPing, "are you there", ping);
  std::string held;
  const absl::Status status = RunAgainst([&](int nth, const std::string& honest) {
    // First a ping and half a message; its other half only when the pong has come.
    if (nth == 0) {
      held = honest.substr(20);
      return ping + honest.substr(0, 20);
    }
    const bool pong = honest[0] == static_cast<char>(0x8A);
    return pong ? held : honest;
  });
  EXPECT_TRUE(status.ok()) << status;
}

class LoadOnFloorTest : public testing::TestWithParam<Traffic> {};

TEST_P(LoadOnFloorTest, EveryDeliveryIsCounted) {
  auto floor = ServerProcess::Start({.command = Floor().command});
  ASSERT_TRUE(floor.ok()) << floor.status();
  auto load = LoadClient::Connect({.connect = {.server = (*floor)->endpoint(), .count = 100},
                                   .publishers = 4,
                                   .message_bytes = 1024});
  ASSERT_TRUE(load.ok()) << load.status();
  // Twice, because a run must leave nothing behind for the next.
  for (int run = 0; run < 2; ++run) {
    const auto result = (*load)->Run(GetParam());
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(result->deliveries, 100 * 4 * 25);
    EXPECT_EQ(result->latencies.count(), 100u * 4 * 25);
    EXPECT_GT(result->latencies.Percentile(0), 0u);
    EXPECT_LE(result->latencies.max(), static_cast<std::uint64_t>(result->nanoseconds));
  }
  EXPECT_TRUE((*load)->ExpectSilence(milliseconds(10)).ok());
}

INSTANTIATE_TEST_SUITE_P(
    Paces, LoadOnFloorTest,
    testing::Values(
        Traffic{.pace = Traffic::Pace::kLockstep, .messages_per_publisher = 25},
        Traffic{.pace = Traffic::Pace::kPipelined, .messages_per_publisher = 25},
        Traffic{.pace = Traffic::Pace::kPipelined, .window = 8, .messages_per_publisher = 25}));

}  // namespace
}  // namespace fanfare::bench
