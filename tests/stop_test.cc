// Server::Stop.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <future>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/client.h"
#include "tests/probe_route.h"
#include "tests/raw_client.h"
#include "tests/stuck_shard.h"
#include "tests/test_server.h"

namespace fanfare::testing {
namespace {

using Clock = std::chrono::steady_clock;

TEST(StopTest, EverySessionIsClosedWith1012AndToldWhenToComeBack) {
  TestServer server;
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(std::make_unique<Client>(server.endpoint(), i % 2 == 0 ? "/chat" : "/echo"));
  }
  auto cut = std::async(std::launch::async, [&] { return server->Stop(); });
  std::set<int> retries;
  for (const auto& client : clients) {
    const CloseReason closed = client->ReceiveClose();
    EXPECT_EQ(closed.code, 1012);
    int retry_ms = 0;
    ASSERT_EQ(std::sscanf(closed.reason.c_str(), "the server stops; retry in %d ms", &retry_ms), 1)
        << closed.reason;
    EXPECT_GE(retry_ms, 500);
    EXPECT_LE(retry_ms, 1520) << "1 s, and 1 ms for each";
    retries.insert(retry_ms);
  }
  EXPECT_GT(retries.size(), 1U) << "all come back at once";
  EXPECT_EQ(cut.get(), 0U);
  EXPECT_EQ(server->open_connections(), 0U);
  EXPECT_EQ(server.Count("sessions_closed"), 20U);
}

// More than are closed at a time.
TEST(StopTest, ManySessionsAreClosedInTime) {
  constexpr int kClients = 450;
  TestServer server;
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.push_back(std::make_unique<RawClient>(RawClient::Open(server.endpoint(), "/chat")));
  }
  auto cut = std::async(std::launch::async, [&] { return server->Stop(); });
  for (const auto& client : clients) {
    EXPECT_EQ(client->ReadFrame().close_code(), 1012);
    client->socket().Close();
  }
  EXPECT_EQ(cut.get(), 0U);
  EXPECT_EQ(server.Count("sessions_closed"), std::uint64_t{kClients});
}

// What the server has read it still sends, to the last byte, before it says good-bye.
TEST(StopTest, WhatWasPublishedIsDeliveredFirst) {
  Limits limits;
  limits.log_bytes = 32 * 1024 * 1024;
  // A slow machine, with sanitizers, is not what is tested.
  limits.shutdown_time = std::chrono::seconds(20);
  TestServer server(LocalConfig(limits), {.routes = ProbeRoute()});
  Client talker(server.endpoint(), "/probe");
  Client listener(server.endpoint(), "/probe");
  Client slow(server.endpoint(), "/probe", {.receive_buffer = 4096});
  constexpr std::size_t kMessages = 60;
  constexpr std::size_t kBytes = 100'000;
  talker.SendText("burst 60 100000");
  EXPECT_TRUE(WaitUntil([&] { return server.Count("messages_received") == 1; }));
  auto cut = std::async(std::launch::async, [&] { return server->Stop(); });
  for (Client* client : {&talker, &listener, &slow}) {
    for (std::size_t n = 0; n < kMessages; ++n) {
      ASSERT_TRUE(client->ReceiveText() == BurstMessage(n, kBytes)) << n;
    }
    EXPECT_EQ(client->ReceiveClose().code, 1012);
  }
  EXPECT_EQ(cut.get(), 0U);
}

TEST(StopTest, APeerThatNeverAnswersIsCutInTime) {
  Limits limits;
  limits.shutdown_time = std::chrono::seconds(1);
  TestServer server(LocalConfig(limits));
  // It gets the close frame and does not answer.
  RawClient silent = RawClient::Open(server.endpoint(), "/chat");
  // It does not even get it, because it reads nothing.
  RawClient deaf = RawClient::Open(server.endpoint(), "/echo", {.receive_buffer = 4096});
  const std::string frame = TextFrame(std::string(100'000, 'd'));
  while (deaf.socket().WriteFor(frame, std::chrono::milliseconds(200)) == frame.size()) {
  }
  const Clock::time_point start = Clock::now();
  EXPECT_EQ(server->Stop(), 2U);
  EXPECT_LT(Clock::now() - start, std::chrono::seconds(4));
  EXPECT_EQ(silent.ReadFrame().close_code(), 1012);
  // Cut by the stop, not by the end of the process.
  EXPECT_EQ(silent.ReadToEnd(), "");
  EXPECT_EQ(server->open_connections(), 0U);
  EXPECT_EQ(server.sessions(), 0U);
}

// Our close comes while a message is half read, and its other half is a protocol error: each side
// of the closing handshake could wait for the other.
TEST(StopTest, AMessageThatIsHalfReadAndThenWrongHoldsUpNothing) {
  TestServer server;
  RawClient client = RawClient::Open(server.endpoint(), "/chat");
  const std::string frame = TextFrame("half \xff\xff");
  client.Write(frame.substr(0, frame.size() - 2));
  auto cut = std::async(std::launch::async, [&] { return server->Stop(); });
  EXPECT_EQ(client.ReadFrame().close_code(), 1012);
  client.Write(frame.substr(frame.size() - 2));
  EXPECT_EQ(client.ReadToEnd(), "") << "nothing follows a close frame";
  client.socket().ShutdownSend();
  EXPECT_EQ(cut.get(), 0U);
  EXPECT_EQ(server->open_connections(), 0U);
}

// One that does not even answer that it stops.
TEST(StopTest, AStuckShardLeavesTheOthersTimeToTellTheirPeers) {
  for (const std::size_t stuck_one : {0U, 1U}) {
    SCOPED_TRACE(stuck_one);
    TestServer server;
    // The listener gives each shard one of them.
    std::vector<RawClient> clients;
    for (int i = 0; i < 2; ++i) clients.push_back(RawClient::Open(server.endpoint(), "/echo"));
    const auto& shards = server->shard_list();
    for (const auto& shard : shards) ASSERT_EQ(shard->open_connections().count(), 1U);
    StuckShard stuck(*shards[stuck_one]);
    auto cut = std::async(std::launch::async, [&] { return server->Stop(); });
    EXPECT_EQ(clients[1 - stuck_one].ReadFrame().close_code(), 1012);
    EXPECT_FALSE(shards[1 - stuck_one]->context().stopped()) << "there is time for its answer";
    stuck.Release();
    EXPECT_EQ(clients[stuck_one].ReadFrame().close_code(), 1012);
    for (RawClient& client : clients) client.socket().Close();
    EXPECT_EQ(cut.get(), 0U);
  }
}

TEST(StopTest, UnfinishedHandshakesAreEnded) {
  TestServer server;
  RawClient silent(server.endpoint());
  RawClient half(server.endpoint());
  half.Write("GET /chat HT");
  RawClient idle(server.endpoint());
  idle.Write("GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(idle.ReadReply().status, 404U);
  EXPECT_TRUE(WaitUntil([&] { return server->open_connections() == 3; }));
  const Clock::time_point start = Clock::now();
  EXPECT_EQ(server->Stop(), 0U);
  EXPECT_LT(Clock::now() - start, std::chrono::seconds(4));
  EXPECT_EQ(silent.ReadToEnd(), "");
  EXPECT_EQ(half.ReadToEnd(), "");
  EXPECT_EQ(idle.ReadToEnd(), "");
}

TEST(StopTest, NobodyComesInAfterwards) {
  TestServer server;
  const Endpoint endpoint = server.endpoint();
  Client(endpoint, "/chat").Close(1000);
  EXPECT_EQ(server->Stop(), 0U);
  EXPECT_THROW(Client(endpoint, "/chat"), boost::system::system_error);
  // A second stop has nothing to do.
  EXPECT_EQ(server->Stop(), 0U);
}

TEST(StopTest, APortThatIsTakenIsAnErrorAtOnce) {
  TestServer server;
  Config config = LocalConfig();
  config.listen = {ToString(server.endpoint())};
  const Clock::time_point start = Clock::now();
  const auto second = Server::Start(config);
  EXPECT_FALSE(second.ok());
  EXPECT_LT(Clock::now() - start, config.limits.shutdown_time);
}

// Comes and goes with sessions of all kinds at work.
TEST(StopTest, AServerMayBeStoppedAtAnyMoment) {
  for (int i = 0; i < 20; ++i) {
    TestServer server;
    std::vector<std::unique_ptr<Client>> clients;
    for (int c = 0; c < 4; ++c) {
      clients.push_back(std::make_unique<Client>(server.endpoint(), "/chat"));
    }
    for (int n = 0; n < 5 * i; ++n) clients[n % 4]->SendText(std::to_string(n));
    clients[0]->Reset();
    RawClient arriving(server.endpoint());
    arriving.Write(HandshakeFor("/chat"));
    auto stopped = std::async(std::launch::async, [&] { return server->Stop(); });
    for (int c = 1; c < 4; ++c) {
      EXPECT_EQ(clients[c]->ReceiveClose(true).code, 1012);
    }
    arriving.socket().Close();
    EXPECT_LE(stopped.get(), 1U);
  }
}

}  // namespace
}  // namespace fanfare::testing
