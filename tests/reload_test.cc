// Server::Reload.
#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/compat.h"
#include "tests/client.h"
#include "tests/probe_route.h"
#include "tests/raw_client.h"
#include "tests/test_server.h"

namespace fanfare::testing {
namespace {

constexpr char kChanged[] = "what is served here has changed; retry in ";

RouteConfig Entry(std::string route, std::vector<std::string> patterns) {
  return {.route = std::move(route), .patterns = std::move(patterns), .path = "routes[0]"};
}

// With one entry for the chat.
Config ChatConfig(const nlohmann::json& options) {
  Config config = LocalConfig();
  config.routes = {Entry("chat", {"/chat", "/chat/{room}"})};
  config.routes[0].options = options;
  return config;
}

std::string Message(const absl::Status& status) {
  return std::string(ToStd(status.message()));
}

TEST(ReloadTest, NewRoutesAreServedAndOldSessionsGoOn) {
  TestServer server;
  Client before(server.endpoint(), "/chat/hall");
  Config config = LocalConfig();
  config.routes = {Entry("echo", {"/mirror"})};
  ASSERT_EQ(server->Reload(config), absl::OkStatus());
  EXPECT_EQ(server->reloads(), 1U);

  Client mirror(server.endpoint(), "/mirror");
  mirror.SendText("who?");
  EXPECT_EQ(mirror.ReceiveText(), "who?");
  EXPECT_ANY_THROW(Client(server.endpoint(), "/echo"));
  // In the same room, because nothing was said of the chat.
  Client after(server.endpoint(), "/chat/hall");
  after.SendText("still there?");
  EXPECT_EQ(before.ReceiveText(), "still there?");
  EXPECT_EQ(after.ReceiveText(), "still there?");
}

TEST(ReloadTest, SessionsOfAChangedRouteAreToldToComeBack) {
  TestServer server(ChatConfig({{"rooms", 10}}));
  Client chat(server.endpoint(), "/chat");
  Client echo(server.endpoint(), "/echo");
  ASSERT_EQ(server->Reload(ChatConfig({{"rooms", 11}})), absl::OkStatus());
  const CloseReason closed = chat.ReceiveClose();
  EXPECT_EQ(closed.code, 1012);
  EXPECT_TRUE(closed.reason.starts_with(kChanged)) << closed.reason;
  echo.SendText("nobody tells me");
  EXPECT_EQ(echo.ReceiveText(), "nobody tells me");

  Client again(server.endpoint(), "/chat");
  again.SendText("back");
  EXPECT_EQ(again.ReceiveText(), "back");
}

// Also the ones whose route is served no more, and the ones of a reload before.
TEST(ReloadTest, EverySessionOfARouteThatIsGoneEnds) {
  TestServer server(ChatConfig({}));
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 250; ++i) {
    clients.push_back(std::make_unique<RawClient>(RawClient::Open(server.endpoint(), "/chat")));
  }
  Config without = LocalConfig();
  without.routes = {Entry("chat", {})};
  ASSERT_EQ(server->Reload(ChatConfig({{"rooms", 9}})), absl::OkStatus());
  ASSERT_EQ(server->Reload(without), absl::OkStatus());
  for (const auto& client : clients) {
    EXPECT_EQ(client->ReadFrame().close_code(), 1012);
    client->socket().Close();
  }
  EXPECT_TRUE(server.WaitForSessions(0));
}

// One that reads nothing could not be told, and is cut.
TEST(ReloadTest, WhoDoesNotReadIsCutAtTheDeadline) {
  Limits limits;
  limits.shutdown_time = std::chrono::seconds(1);
  Config config = LocalConfig(limits);
  config.routes = {Entry("probe", {"/probe"})};
  TestServer server(config, {.routes = ProbeRoute()});
  Client deaf(server.endpoint(), "/probe", {.receive_buffer = 4096});
  deaf.SendText("send 30 100000");
  EXPECT_TRUE(WaitUntil([&] { return server.Count("messages_sent") == 30; }));
  config.routes[0].slow_readers = SlowReaders::kSkip;
  ASSERT_EQ(server->Reload(config), absl::OkStatus());
  EXPECT_TRUE(server.WaitForSessions(0));
}

TEST(ReloadTest, NewSessionsHaveTheNewLimitsAndOldOnesTheirOwn) {
  TestServer server;
  Client before(server.endpoint(), "/echo");
  Config config = LocalConfig();
  config.limits.message_bytes = 100;
  ASSERT_EQ(server->Reload(config), absl::OkStatus());
  Client after(server.endpoint(), "/echo");
  const std::string long_text(1000, 'x');
  before.SendText(long_text);
  EXPECT_EQ(before.ReceiveText(), long_text);
  after.SendText(long_text);
  EXPECT_EQ(after.ReceiveClose().code, 1009);
}

TEST(ReloadTest, AddressesHaveTheNewLimits) {
  TestServer server(LocalConfig(), {.is_free_address = [](const auto&) { return false; }});
  Client before(server.endpoint(), "/echo");
  Config config = LocalConfig();
  config.limits.connections_per_address = 1;
  ASSERT_EQ(server->Reload(config), absl::OkStatus());
  EXPECT_ANY_THROW(Client(server.endpoint(), "/echo"));
  EXPECT_EQ(server.Count("address_connections_refused"), 1U);
  config.limits.connections_per_address = 2;
  ASSERT_EQ(server->Reload(config), absl::OkStatus());
  Client after(server.endpoint(), "/echo");
}

TEST(ReloadTest, ListenersThatAreInBothAreNotTouched) {
  TestServer server;
  const Endpoint first = server.endpoint();
  Client before(first, "/echo");
  Config config = LocalConfig();
  config.listen = {"127.0.0.1:0", "localhost:0"};
  ASSERT_EQ(server->Reload(config), absl::OkStatus());
  EXPECT_EQ(server->endpoints().front(), first);
  ASSERT_GE(server->endpoints().size(), 2U);
  const Endpoint second = server->endpoints().back();
  Client after(second, "/echo");

  config.listen = {"localhost:0"};
  ASSERT_EQ(server->Reload(config), absl::OkStatus());
  EXPECT_EQ(server->endpoints().back(), second);
  EXPECT_ANY_THROW(Client(first, "/echo"));
  // Who came by it stays.
  before.SendText("here");
  EXPECT_EQ(before.ReceiveText(), "here");
}

TEST(ReloadTest, WhatCanNotBeHadChangesNothing) {
  TestServer server;
  TestServer other;
  Config config = LocalConfig();
  config.routes = {Entry("echo", {"/mirror"})};

  Config taken = config;
  taken.listen.push_back("127.0.0.1:" + std::to_string(other.endpoint().port()));
  EXPECT_TRUE(Message(server->Reload(taken)).starts_with("cannot listen on 127.0.0.1:"));
  Config unknown = config;
  unknown.routes.push_back(Entry("chat-room", {"/x"}));
  EXPECT_NE(Message(server->Reload(unknown)).find("there is no route \"chat-room\""),
            std::string::npos);
  Config wrong = config;
  wrong.routes.push_back(Entry("chat", {"/chat"}));
  wrong.routes.back().options = {{"room", 10}};
  EXPECT_NE(Message(server->Reload(wrong)).find("options.room"), std::string::npos);
  Config threads = config;
  threads.threads = 3;
  threads.file = "fanfare.json";
  EXPECT_EQ(Message(server->Reload(threads)),
            "fanfare.json: threads: can not change while the server runs: restart it");
  EXPECT_EQ(server->reloads(), 0U);
  EXPECT_EQ(server->reloads_refused(), 4U);

  EXPECT_ANY_THROW(Client(server.endpoint(), "/mirror"));
  Client echo(server.endpoint(), "/echo");
  echo.SendText("as before");
  EXPECT_EQ(echo.ReceiveText(), "as before");
}

// What a route has put off does not happen when the route is gone.
TEST(ReloadTest, TasksOfARouteThatIsGoneAreDropped) {
  Config config = LocalConfig();
  config.routes = {Entry("probe", {"/probe"})};
  TestServer server(config, {.routes = ProbeRoute()});
  Client old(server.endpoint(), "/probe");
  old.SendText("later 50");
  config.routes[0].slow_readers = SlowReaders::kSkip;
  // It may have come to that before.
  ASSERT_EQ(server->Reload(config), absl::OkStatus());
  EXPECT_EQ(old.ReceiveClose(/*drops_messages=*/true).code, 1012);
  Client fresh(server.endpoint(), "/probe");
  fresh.SendText("later 100");
  EXPECT_EQ(fresh.ReceiveText(), "later");
}

// While sessions come, talk and go.
TEST(ReloadTest, CanHappenAtAnyTime) {
  TestServer server(ChatConfig({}));
  std::atomic<bool> is_over{false};
  std::atomic<int> talks{0};
  std::atomic<int> ends{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&, i] {
      while (!is_over) {
        try {
          Client client(server.endpoint(), i == 0 ? "/echo" : "/chat/busy");
          for (int n = 0; n < 5; ++n) {
            client.SendText("x");
            client.Receive();
            ++talks;
          }
        } catch (const std::exception&) {
          // Its route was replaced.
          ++ends;
        }
      }
    });
  }
  for (int n = 0; n < 20; ++n) {
    const int before = talks;
    EXPECT_EQ(server->Reload(ChatConfig({{"rooms", 100 + n / 2}})), absl::OkStatus());
    EXPECT_TRUE(WaitUntil([&] { return talks > before; }));
  }
  is_over = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(ends, 0) << "no reload changed anything for anybody";
  EXPECT_TRUE(server.WaitForSessions(0));
}

TEST(ReloadTest, AStoppedServerRefuses) {
  TestServer server;
  server->Stop();
  EXPECT_EQ(Message(server->Reload(LocalConfig())), "the server has stopped");
}

}  // namespace
}  // namespace fanfare::testing
