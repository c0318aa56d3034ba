// Server::Reload: where the server listens, and what its shards have by then.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/compat.h"
#include "tests/client.h"
#include "tests/raw_client.h"
#include "tests/stuck_shard.h"
#include "tests/test_server.h"
#include "tests/tls_client.h"

namespace fanfare::testing {
namespace {

Config Listening(std::vector<std::string> listen) {
  Config config = LocalConfig();
  config.listen = std::move(listen);
  return config;
}

void ExpectEcho(Client& client) {
  client.SendText("here");
  EXPECT_EQ(client.ReceiveText(), "here");
}

TEST(ReloadListenersTest, AnAddressMayBeWrittenInAnotherWay) {
  TestServer server(Listening({"localhost:0"}));
  const Endpoint endpoint = server.endpoint();
  const std::string port = ":" + std::to_string(endpoint.port());
  Client old(endpoint, "/echo");
  for (const std::string& text : {"127.0.0.1" + port, "http://localhost" + port,
                                  "http://127.0.0.1" + port, "localhost" + port}) {
    ASSERT_EQ(server->Reload(Listening({text})), absl::OkStatus()) << text;
    EXPECT_EQ(server.endpoint(), endpoint);
    Client fresh(endpoint, "/echo");
    ExpectEcho(fresh);
    ExpectEcho(old);
  }
  ASSERT_EQ(server->Reload(Listening({"127.0.0.1:0"})), absl::OkStatus());
  EXPECT_ANY_THROW(Client(endpoint, "/echo")) << "nobody has its socket any more";
}

TEST(ReloadListenersTest, TwoAtOneAddressAreRefusedAsAtStart) {
  TestServer server;
  const std::string address = ToString(server.endpoint());
  const std::string port = ":" + std::to_string(server.endpoint().port());
  const std::string any = "0.0.0.0" + port;
  using Entries = std::vector<std::string>;
  for (const auto& [listen, taken] : std::vector<std::pair<Entries, std::string>>{
           {{"http://" + address, "localhost" + port}, address},
           {{"127.0.0.1:0", address, "http://" + address}, address},
           // They overlap.
           {{"*" + port}, any},
       }) {
    const absl::Status refused = server->Reload(Listening(listen));
    EXPECT_EQ(refused.message(), "cannot listen on " + taken + ": Address already in use");
    Client client(server.endpoint(), "/echo");
    ExpectEcho(client);
  }
}

// Also those who came a moment before.
TEST(ReloadListenersTest, NobodyIsRefusedMeanwhile) {
  TestServer server;
  const std::string address = ToString(server.endpoint());
  std::atomic<bool> is_over{false};
  std::atomic<int> served{0};
  std::thread clients([&] {
    while (!is_over) {
      EXPECT_NO_THROW({
        Client client(server->endpoint(), "/echo");
        ExpectEcho(client);
      });
      ++served;
    }
  });
  for (int i = 0; i < 50; ++i) {
    const int before = served;
    EXPECT_EQ(server->Reload(Listening({(i % 2 == 0 ? "http://" : "") + address})),
              absl::OkStatus());
    EXPECT_TRUE(WaitUntil([&] { return served > before; }));
  }
  is_over = true;
  clients.join();
}

TEST(ReloadListenersTest, TlsComesAndGoesWhereTheServerListens) {
  Config secure = SecureConfig();
  TestServer server(secure);
  const Endpoint endpoint = server.endpoint();
  const std::string address = ToString(endpoint);
  TlsClient old(endpoint);
  const auto expect_answer = [](TlsClient& client) {
    client.Write("HEAD /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_TRUE(client.ReadUntil("\r\n\r\n").starts_with("HTTP/1.1 404"));
  };
  secure.listen = {"https://" + address};
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(server->Reload(Listening({address})), absl::OkStatus());
    EXPECT_EQ(server->urls().front(), "http://" + address);
    Client plain(endpoint, "/echo");
    ExpectEcho(plain);
    expect_answer(old);
    ASSERT_EQ(server->Reload(secure), absl::OkStatus());
    EXPECT_EQ(server->urls().front(), "https://" + address);
    TlsClient fresh(endpoint);
    expect_answer(fresh);
    expect_answer(old);
    ExpectEcho(plain);
  }
}

// However short the time is that sessions have to go.
TEST(ReloadListenersTest, NobodyIsAcceptedBeforeEveryShardHasTheNewConfiguration) {
  TestServer server;
  StuckShard stuck(*server->shard_list().back());
  Config config = Listening({"127.0.0.1:0", "localhost:0"});
  config.limits.shutdown_time = std::chrono::seconds(0);
  const SharedGeneration before = server->generation();
  auto reload = std::async(std::launch::async, [&] { return server->Reload(config); });
  EXPECT_TRUE(WaitUntil([&] { return server->generation() != before; }));
  RawClient early(server->endpoints().back());
  early.Write(HandshakeFor("/echo"));
  // What must not happen, however long one waits.
  EXPECT_EQ(reload.wait_for(std::chrono::milliseconds(300)), std::future_status::timeout);
  EXPECT_EQ(server.Count("connections_accepted"), 0U);
  stuck.Release();
  EXPECT_EQ(reload.get(), absl::OkStatus());
  EXPECT_EQ(early.ReadReply().status, 101U);
}

// One that is stuck for good is no reason to say nothing more on any signal.
TEST(ReloadListenersTest, AShardThatDoesNotReturnIsNotWaitedForForever) {
  TestServer server;
  StuckShard stuck(*server->shard_list().back());
  ::testing::internal::CaptureStdout();
  EXPECT_EQ(server->Reload(Listening({"127.0.0.1:0", "localhost:0"})), absl::OkStatus());
  EXPECT_THAT(::testing::internal::GetCapturedStdout(),
              ::testing::HasSubstr(
                  "stuck, and without the new configuration until they go on: shard 1; until then, "
                  "nobody is accepted at " +
                  server->urls()[1]));
  RawClient early(server->endpoints().back());
  early.Write(HandshakeFor("/echo"));
  EXPECT_EQ(server.Count("connections_accepted"), 0U);
  stuck.Release();
  EXPECT_EQ(early.ReadReply().status, 101U);
}

// What was to accept when the last shard has the new configuration is still in that one's queue,
// which ends after the first shard.
TEST(ReloadListenersTest, AShardThatNeverTookItMayBeStopped) {
  Config config = Listening({"127.0.0.1:0", "localhost:0"});
  config.limits.shutdown_time = std::chrono::seconds(0);
  TestServer server;
  Shard& last = *server->shard_list().back();
  StuckShard stuck(last);
  EXPECT_EQ(server->Reload(config), absl::OkStatus());
  auto destroyed = std::async(std::launch::async, [&] { server.Destroy(); });
  EXPECT_TRUE(WaitUntil([&] { return last.context().stopped(); }));
  stuck.Release();
  destroyed.get();
}

}  // namespace
}  // namespace fanfare::testing
