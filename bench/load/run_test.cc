#include "bench/load/run.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "bench/frame.h"
#include "bench/scripted_server.h"
#include "bench/server_process.h"
#include "bench/subject.h"

namespace fanfare::bench {
namespace {

using std::chrono::milliseconds;

Options OptionsFor(const Endpoint& server, const std::string& path) {
  Options options;
  options.url = {.text = "", .server = server, .path = path};
  options.roster = {.connections = 20, .publishers = 2};
  options.warmup = milliseconds(20);
  options.duration = milliseconds(200);
  return options;
}

void ExpectCorrect(const absl::StatusOr<Result>& result) {
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_TRUE(result->problems.none());
  EXPECT_EQ(result->problems.stalled_disconnected, 0);
  EXPECT_EQ(result->problems.texts, std::vector<std::string>());
  EXPECT_EQ(result->overdue, 0);
  EXPECT_EQ(result->unsent, 0u);
}

// Loads of a whole server, this project's.
class RunTest : public testing::Test {
 protected:
  RunTest() {
    auto server = ServerProcess::Start({.command = Fanfare().command});
    EXPECT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    options_ = OptionsFor(server_->endpoint(), "/chat/{room}");
    options_.server_pids = {server_->pid()};
  }

  absl::StatusOr<Result> Execute() {
    EXPECT_TRUE(Check(options_).ok()) << Check(options_);
    return LoadRun(options_).Execute();
  }

  std::unique_ptr<ServerProcess> server_;
  Options options_;
};

TEST_F(RunTest, ClosedLoop) {
  options_.window = 3;
  const auto result = Execute();
  ExpectCorrect(result);
  EXPECT_EQ(result->handshakes.count(), 20u);
  EXPECT_GT(result->latencies.count(), 0u);
  EXPECT_GT(result->end.server_cpu, 0);
  EXPECT_GT(result->end.server_rss, 0);
  EXPECT_GT(result->end.load_cpu, result->start.load_cpu);
}

TEST_F(RunTest, Lockstep) {
  options_.mode = Mode::kLockstep;
  const auto result = Execute();
  ExpectCorrect(result);
  EXPECT_GT(result->latencies.count(), 0u);
}

TEST_F(RunTest, OpenLoopSendsEverythingThatIsDue) {
  options_.mode = Mode::kRate;
  options_.rate = 200;
  const auto result = Execute();
  ExpectCorrect(result);
  // 200 ms of 200 messages per second, wherever they start, to everyone.
  EXPECT_NEAR(static_cast<double>(result->latencies.count()), 40 * 20, 20);
  EXPECT_EQ(result->lateness.count(), result->latencies.count() / 20);
}

TEST_F(RunTest, RoomsAreApart) {
  options_.roster.rooms = 5;
  options_.roster.publishers = 7;
  options_.size = 1024;
  const auto result = Execute();
  ExpectCorrect(result);
  EXPECT_GT(result->latencies.count(), 0u);
}

TEST_F(RunTest, StalledConnectionsAreNotWaitedFor) {
  options_.roster.stalled = 5;
  options_.mode = Mode::kLockstep;
  const auto result = Execute();
  ExpectCorrect(result);
  EXPECT_GT(result->latencies.count(), 0u);
  EXPECT_EQ(result->latencies.count() % 15, 0u);
}

TEST_F(RunTest, ConnectionsMayComeAndGo) {
  options_.churn = 200;
  options_.mode = Mode::kRate;
  options_.rate = 200;
  const auto result = Execute();
  ExpectCorrect(result);
  EXPECT_GT(result->reconnects, 0);
}

TEST_F(RunTest, NobodyNeedPublish) {
  options_.roster.publishers = 0;
  options_.mode = Mode::kIdle;
  const auto result = Execute();
  ExpectCorrect(result);
  EXPECT_EQ(result->sent, 0);
  EXPECT_EQ(result->deliveries, 0);
}

TEST_F(RunTest, ConnectionsCanBeOpenedAtARate) {
  options_.ramp = 100;
  const auto result = Execute();
  ExpectCorrect(result);
  // The last of 20 is due after 190 ms.
  EXPECT_GE(result->ConnectSeconds(), 0.19);
}

TEST_F(RunTest, ARefusalIsQuoted) {
  options_.url.path = "/nowhere";
  const auto result = Execute();
  EXPECT_EQ(result.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(absl::StrContains(result.status().message(), "404")) << result.status();
}

TEST_F(RunTest, ARouteThatDoesNotBroadcastIsNoticed) {
  options_.url.path = "/echo";
  options_.patience = milliseconds(100);
  const auto result = Execute();
  EXPECT_EQ(result.status().code(), absl::StatusCode::kDeadlineExceeded) << result.status();
}

TEST_F(RunTest, NobodyListening) {
  server_.reset();
  const auto result = Execute();
  EXPECT_EQ(result.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(absl::StrContains(result.status().message(), "Connection refused"))
      << result.status();
}

TEST(RunOnFloorTest, SparesNobody) {
  auto floor = ServerProcess::Start({.command = Floor().command});
  ASSERT_TRUE(floor.ok()) << floor.status();
  Options options = OptionsFor((*floor)->endpoint(), "/");
  options.roster.publishers = 20;
  ExpectCorrect(LoadRun(options).Execute());
}

// What a load of one connection makes of a server's answers. Message 0 is the one by which it makes
// sure that it is heard, 1 and 2 are sent in any case.
Result RunAgainst(ScriptedServer::Script script) {
  const ScriptedServer server(std::move(script));
  Options options = OptionsFor(server.endpoint(), "/");
  options.roster = {.connections = 1, .publishers = 1};
  options.window = 2;
  options.patience = milliseconds(100);
  auto result = LoadRun(options).Execute();
  EXPECT_TRUE(result.ok()) << result.status();
  return *std::move(result);
}

TEST(RunAgainstTest, AnHonestServer) {
  EXPECT_TRUE(RunAgainst([](int, const std::string& honest) { return honest; }).problems.none());
}

TEST(RunAgainstTest, ADoubledMessage) {
  const Result result = RunAgainst(
      [](int nth, const std::string& honest) { return nth == 1 ? honest + honest : honest; });
  EXPECT_EQ(result.problems.repeated, 1);
  EXPECT_EQ(result.problems.missing, 0);
  EXPECT_FALSE(result.problems.none());
  ASSERT_EQ(result.problems.texts.size(), 1u);
  EXPECT_EQ(result.problems.texts[0], "connection 0 got message 1 of publisher 0 again");
}

TEST(RunAgainstTest, ALostMessage) {
  std::string pong;
  AppendServerFrame(Opcode::kPong, "", pong);
  const Result result =
      RunAgainst([&](int nth, const std::string& honest) { return nth == 1 ? pong : honest; });
  EXPECT_EQ(result.problems.missing, 1);
  EXPECT_EQ(result.problems.out_of_order, 0);
}

TEST(RunAgainstTest, NothingComesAnyMore) {
  std::string pong;
  AppendServerFrame(Opcode::kPong, "", pong);
  const Result result =
      RunAgainst([&](int nth, const std::string& honest) { return nth == 0 ? honest : pong; });
  EXPECT_EQ(result.problems.missing, 2);
  ASSERT_FALSE(result.problems.texts.empty());
  EXPECT_TRUE(absl::StartsWith(result.problems.texts[0], "nothing came"));
}

TEST(RunAgainstTest, WhatIsOverdueIsPartOfTheLatency) {
  std::string pong;
  AppendServerFrame(Opcode::kPong, "", pong);
  const ScriptedServer server(
      [&](int nth, const std::string& honest) { return nth == 0 ? honest : pong; });
  Options options = OptionsFor(server.endpoint(), "/");
  options.roster = {.connections = 1, .publishers = 1};
  options.warmup = options.warmup.zero();
  options.drain = options.drain.zero();
  const auto result = LoadRun(options).Execute();
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->overdue, 1);
  EXPECT_EQ(result->latencies.count(), 1u);
  EXPECT_EQ(result->problems.missing, 0);
}

TEST(RunAgainstTest, AnOvertakenMessage) {
  std::string pong;
  AppendServerFrame(Opcode::kPong, "", pong);
  std::string held;
  const Result result = RunAgainst([&](int nth, const std::string& honest) {
    if (nth == 1) {
      held = honest;
      return pong;
    }
    return nth == 2 ? honest + held : honest;
  });
  EXPECT_EQ(result.problems.out_of_order, 1);
  EXPECT_EQ(result.problems.missing, 0);
}

TEST(RunAgainstTest, AChangedMessage) {
  const Result result = RunAgainst([](int nth, std::string honest) {
    honest.back() = nth == 1 ? '?' : honest.back();
    return honest;
  });
  EXPECT_EQ(result.problems.foreign, 1);
  EXPECT_EQ(result.problems.missing, 1);
}

TEST(RunAgainstTest, ACloseFrame) {
  std::string close;
  AppendServerFrame(Opcode::kClose, "\x03\xF0policy", close);
  const Result result =
      RunAgainst([&](int nth, const std::string& honest) { return nth == 0 ? honest : close; });
  EXPECT_EQ(result.problems.disconnected, 1);
  ASSERT_FALSE(result.problems.texts.empty());
  EXPECT_EQ(result.problems.texts[0], "connection 0 was lost: closed by the server: 1008 policy");
}

TEST(RunAgainstTest, AnEndWithoutAWord) {
  const Result result = RunAgainst(
      [](int nth, const std::string& honest) { return nth == 0 ? honest : std::string(); });
  EXPECT_EQ(result.problems.disconnected, 1);
}

TEST(RunAgainstTest, PingsAndMessagesInPieces) {
  std::string ping;
  AppendServerFrame(Opcode::kPing, "are you there", ping);
  std::string held;
  int pongs = 0;
  const Result result = RunAgainst([&](int, const std::string& honest) {
    if (honest[0] == static_cast<char>(0x8A)) {
      ++pongs;
      return held;
    }
    if (pongs > 0) {
      return honest;
    }
    // A ping and half a message; its other half only when the pong has come.
    held = honest.substr(20);
    return ping + honest.substr(0, 20);
  });
  EXPECT_TRUE(result.problems.none());
  EXPECT_EQ(pongs, 1);
}

}  // namespace
}  // namespace fanfare::bench
