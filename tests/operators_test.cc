// What operators are told as JSON: sessions, rooms, routes, the server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/admin_client.h"
#include "tests/client.h"
#include "tests/raw_client.h"
#include "tests/test_server.h"

namespace fanfare::testing {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class OperatorsTest : public ::testing::Test {
 protected:
  // The sessions of all pages.
  std::vector<json> AllSessions(const std::string& query) {
    std::vector<json> sessions;
    std::string after;
    for (json next = ""; !next.is_null();) {
      const json page = admin_.Json(absl::StrCat("/sessions?", query, after));
      sessions.insert(sessions.end(), page["sessions"].begin(), page["sessions"].end());
      next = page["next"];
      if (!next.is_null()) after = "&after=" + next.dump();
    }
    return sessions;
  }
  // The session of a client.
  json SessionOf(const Endpoint& client) {
    const json page = admin_.Json("/sessions?peer=" + ToString(client));
    return page["sessions"].size() == 1 ? page["sessions"][0] : json();
  }
  std::string Error(const std::string& path) {
    const HttpReply reply = admin_.Get(path);
    EXPECT_EQ(reply.status, 400U) << reply.body;
    EXPECT_EQ(reply.Header("Content-Type"), "application/json");
    return json::parse(reply.body)["error"];
  }

  TestServer server_;
  AdminClient admin_{*server_.operator->()};
};

TEST_F(OperatorsTest, ASessionTellsWhoItIsAndWhatItDid) {
  Client ada(server_.endpoint(), "/chat/tea");
  Client bob(server_.endpoint(), "/chat");
  ada.SendText("hello");
  EXPECT_EQ(ada.ReceiveText(), "hello");

  const json page = admin_.Json("/sessions");
  ASSERT_EQ(page["sessions"].size(), 2U);
  EXPECT_EQ(page["total"], 2);
  EXPECT_TRUE(page["next"].is_null());
  EXPECT_EQ(page["unanswered_shards"], json::array());
  const json& session = page["sessions"][0];
  EXPECT_LT(session["id"], page["sessions"][1]["id"]);
  EXPECT_NE(session["shard"], page["sessions"][1]["shard"]);
  EXPECT_EQ(session["peer"], ToString(ada.local_endpoint()));
  EXPECT_EQ(session["route"], "chat");
  EXPECT_EQ(session["pattern"], "/chat/{room}");
  EXPECT_EQ(session["path"], "/chat/tea");
  EXPECT_EQ(page["sessions"][1]["path"], "/chat");
  EXPECT_EQ(session["protocol"], "websocket");
  EXPECT_TRUE(session["user"].is_null());
  EXPECT_EQ(session["state"], "open");
  EXPECT_THAT(session["opened"].get<std::string>(),
              ::testing::MatchesRegex("20..-..-..T..:..:..Z"));
  EXPECT_GE(session["age_seconds"], 0);
  EXPECT_EQ(session["received"], (json{{"messages", 1}, {"bytes", 2 + 4 + 5}}));
  EXPECT_EQ(session["sent"]["messages"], 1);
  EXPECT_EQ(session["lag_bytes"], 0);
  EXPECT_EQ(session["outbox_bytes"], 0);
  EXPECT_EQ(admin_.Json("/sessions/" + session["id"].dump())["peer"], session["peer"]);
}

// Those who are sent the same are counted together, and each is told apart nevertheless.
TEST_F(OperatorsTest, TrafficIsCountedToTheByte) {
  Client ada(server_.endpoint(), "/chat");
  Client bob(server_.endpoint(), "/chat");
  Client late(server_.endpoint(), "/chat/other");
  const auto sent = [&](Client& client) { return SessionOf(client.local_endpoint())["sent"]; };
  const json before = sent(bob);
  EXPECT_EQ(before["messages"], 0);
  EXPECT_GT(before["bytes"], 100) << "the answer to its handshake";
  for (int i = 0; i < 3; ++i) {
    ada.SendText("hello");
    EXPECT_EQ(ada.ReceiveText(), "hello");
    EXPECT_EQ(bob.ReceiveText(), "hello");
  }
  Client third(server_.endpoint(), "/chat");
  ada.SendText("bye");
  EXPECT_EQ(third.ReceiveText(), "bye");
  EXPECT_EQ(bob.ReceiveText(), "bye");
  EXPECT_EQ(sent(bob)["messages"], 4);
  EXPECT_EQ(sent(bob)["bytes"], before["bytes"].get<int>() + 3 * (2 + 5) + (2 + 3));
  EXPECT_EQ(sent(third)["messages"], 1);
  EXPECT_EQ(sent(third)["bytes"], before["bytes"].get<int>() + (2 + 3));
  EXPECT_EQ(sent(late)["messages"], 0);
}

TEST_F(OperatorsTest, AReaderThatDoesNotReadLags) {
  RawClient slow = RawClient::Open(server_.endpoint(), "/chat", {.receive_buffer = 4096});
  Client talker(server_.endpoint(), "/chat");
  const std::string text(16 * 1024, 'x');
  const auto lag = [&] {
    return SessionOf(slow.socket().local_endpoint())["lag_bytes"].get<std::uint64_t>();
  };
  // First the kernel takes some megabytes, and at 4 MiB of lag it would be closed.
  constexpr std::uint64_t kMuch = 1024 * 1024;
  for (int i = 0; i < 4000 && lag() < kMuch; ++i) {
    talker.SendText(text);
    EXPECT_EQ(talker.ReceiveText().size(), text.size());
  }
  EXPECT_GE(lag(), kMuch);
  const json worst = admin_.Json("/sessions?sort=lag&limit=1");
  EXPECT_EQ(worst["sessions"][0]["peer"], ToString(slow.socket().local_endpoint()));
  EXPECT_TRUE(worst["next"].is_null());
  EXPECT_EQ(worst["total"], 2);
}

TEST_F(OperatorsTest, ManySessionsComeInPagesFromAllShards) {
  constexpr std::size_t kMany = 300;
  std::vector<std::unique_ptr<RawClient>> clients;
  for (std::size_t i = 0; i < kMany; ++i) {
    clients.push_back(std::make_unique<RawClient>(
        RawClient::Open(server_.endpoint(), i % 3 == 0 ? "/echo" : "/chat")));
  }
  for (const char* sort : {"id", "newest"}) {
    const auto sessions = AllSessions(std::string("limit=70&sort=") + sort);
    std::vector<std::uint64_t> ids;
    std::set<int> shards;
    for (const json& session : sessions) {
      ids.push_back(session["id"]);
      shards.insert(session["shard"].get<int>());
    }
    EXPECT_EQ(ids.size(), kMany);
    if (sort == std::string("newest")) std::ranges::reverse(ids);
    EXPECT_TRUE(std::ranges::is_sorted(ids));
    EXPECT_EQ(std::ranges::adjacent_find(ids), ids.end());
    EXPECT_EQ(shards.size(), 2U);
  }
  EXPECT_EQ(admin_.Json("/sessions")["sessions"].size(), 100U);
  EXPECT_EQ(admin_.Json("/sessions?limit=1000")["sessions"].size(), kMany);
  const json echoes = admin_.Json("/sessions?route=echo&limit=10");
  EXPECT_EQ(echoes["total"], kMany / 3);
  EXPECT_EQ(echoes["sessions"].size(), 10U);
  for (const json& session : echoes["sessions"]) EXPECT_EQ(session["pattern"], "/echo");
  EXPECT_EQ(AllSessions("route=/chat&limit=41").size(), kMany - kMany / 3);
  EXPECT_EQ(admin_.Json("/sessions?peer=127.0.0.1:")["total"], kMany);
  EXPECT_EQ(admin_.Json("/sessions?peer=192.0.2.")["total"], 0);
}

TEST_F(OperatorsTest, TheBusiestComeFirstIfAskedFor) {
  Client quiet(server_.endpoint(), "/echo");
  Client busy(server_.endpoint(), "/echo");
  Client idle(server_.endpoint(), "/echo");
  quiet.SendText("a");
  EXPECT_EQ(quiet.ReceiveText(), "a");
  busy.SendText(std::string(1000, 'b'));
  EXPECT_EQ(busy.ReceiveText().size(), 1000U);
  const auto order = [this](const char* sort) {
    std::vector<std::string> peers;
    const json page = admin_.Json(std::string("/sessions?sort=") + sort);
    for (const json& session : page["sessions"]) peers.push_back(session["peer"]);
    return peers;
  };
  for (const char* sort : {"sent", "received"}) {
    EXPECT_THAT(order(sort),
                ElementsAre(ToString(busy.local_endpoint()), ToString(quiet.local_endpoint()),
                            ToString(idle.local_endpoint())))
        << sort;
  }
}

TEST_F(OperatorsTest, WhatIsWrongWithARequestIsNamed) {
  EXPECT_THAT(Error("/sessions?limit=0"), HasSubstr("limit: expected a whole number from 1 to"));
  EXPECT_THAT(Error("/sessions?limit=1001"), HasSubstr("limit: "));
  EXPECT_THAT(Error("/sessions?limit=ten"), HasSubstr("limit: "));
  EXPECT_THAT(Error("/sessions?after=-1"), HasSubstr("after: "));
  EXPECT_THAT(Error("/sessions?after=1&sort=lag"), HasSubstr("after: only with sort=id"));
  EXPECT_THAT(Error("/sessions?sort=beauty"), HasSubstr("sort: expected id, newest, lag"));
  EXPECT_THAT(Error("/sessions?route=nowhere"), HasSubstr("route: \"nowhere\" is neither"));
  EXPECT_THAT(Error("/sessions/x"), HasSubstr("id: expected a session's number, got \"x\""));
  EXPECT_THAT(Error("/sessions/-1"), HasSubstr("id: "));
  EXPECT_THAT(Error("/rooms?after=lobby"), HasSubstr("after: expected what \"next\""));
  EXPECT_THAT(Error("/rooms?limit=0"), HasSubstr("limit: "));
  EXPECT_THAT(Error("/rooms?route=nowhere"), HasSubstr("route: \"nowhere\" is no route's name"));
  EXPECT_EQ(admin_.Get("/sessions/1").status, 404U);
  EXPECT_EQ(admin_.Send("/sessions", "{}").status, 405U);
}

TEST_F(OperatorsTest, ThePageAndItsFilesAreServed) {
  const HttpReply page = admin_.Get("/");
  EXPECT_EQ(page.status, 200U);
  EXPECT_EQ(page.Header("Content-Type"), "text/html; charset=utf-8");
  EXPECT_THAT(page.Header("Content-Security-Policy"),
              HasSubstr("default-src 'none'; script-src 'self';"));
  EXPECT_THAT(page.body, ::testing::Not(HasSubstr("<script>")));
  EXPECT_EQ(admin_.Get("/page/app.js").Header("Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(admin_.Get("/page/base.css").status, 200U);
  EXPECT_EQ(admin_.Get("/page/nothing.js").status, 404U);
  EXPECT_EQ(admin_.Get("/page/").status, 404U);
}

TEST_F(OperatorsTest, AStrangersNameForTheAddressIsRefused) {
  for (const char* path : {"/", "/sessions", "/server", "/rooms", "/routes", "/log_level"}) {
    EXPECT_EQ(admin_.Get(path, "rebound.example:8081").status, 403U) << path;
    EXPECT_EQ(admin_.Get(path, "127.0.0.1:8081").status, 200U) << path;
  }
  // Tools ask by whatever name.
  EXPECT_EQ(admin_.Get("/healthz", "fanfare.example").status, 200U);
  EXPECT_EQ(admin_.Get("/metrics", "fanfare.example").status, 200U);
  const AdminClient named(*server_.operator->(), {"fanfare.example"});
  EXPECT_EQ(named.Get("/server", "fanfare.example:9100").status, 200U);
}

TEST_F(OperatorsTest, AShardThatDoesNotAnswerIsNamed) {
  Client a(server_.endpoint(), "/chat");
  Client b(server_.endpoint(), "/chat");
  ASSERT_EQ(admin_.Json("/sessions")["total"], 2);
  std::promise<void> release;
  server_->shard_list()[1]->Post([held = release.get_future().share()] { held.wait(); });
  const json page = json::parse(admin_.Get("/sessions").body);
  EXPECT_EQ(page["unanswered_shards"], json({1}));
  EXPECT_EQ(page["total"], 1);
  // It may be there.
  const HttpReply reply = admin_.Get("/sessions/987654321");
  EXPECT_EQ(reply.status, 503U);
  EXPECT_EQ(json::parse(reply.body)["unanswered_shards"], json({1}));
  release.set_value();
  EXPECT_EQ(admin_.Json("/sessions")["total"], 2);
}

TEST_F(OperatorsTest, RoomsTellTheirMembersByFormat) {
  Client plain(server_.endpoint(), "/chat/tea");
  Client other(server_.endpoint(), "/chat/coffee");
  RawClient json_client(server_.endpoint());
  std::string handshake = HandshakeFor("/chat/tea?name=Ada");
  handshake.insert(handshake.size() - 2, "Sec-WebSocket-Protocol: fanfare.chat.v1\r\n");
  json_client.Write(handshake);
  json_client.ReadUntil("\"joined\"");
  RawClient stream(server_.endpoint());
  stream.Write("GET /chat/tea/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  stream.ReadUntil("id: ");
  plain.SendText("hello");
  EXPECT_EQ(plain.ReceiveText(), "hello");

  json page = admin_.Json("/rooms?limit=1");
  ASSERT_EQ(page["rooms"].size(), 1U);
  EXPECT_EQ(page["rooms"][0]["name"], "coffee");
  EXPECT_EQ(page["rooms"][0]["members"], (json{{"plain", 1}}));
  page = admin_.Json("/rooms?limit=1&after=" + page["next"].get<std::string>());
  ASSERT_EQ(page["rooms"].size(), 1U);
  EXPECT_TRUE(page["next"].is_null());
  const json& tea = page["rooms"][0];
  EXPECT_EQ(tea["name"], "tea");
  EXPECT_EQ(tea["route"], "chat");
  EXPECT_EQ(tea["pattern"], "/chat");
  EXPECT_EQ(tea["members"], (json{{"plain", 1}, {"json", 1}, {"events", 1}}));
  EXPECT_EQ(tea["kept_messages"], 1);
  EXPECT_GT(tea["log_bytes"], 0);
  EXPECT_THAT(tea["created"].get<std::string>(), HasSubstr("T"));
  EXPECT_EQ(admin_.Json("/rooms?route=echo")["rooms"], json::array());
}

TEST_F(OperatorsTest, TheServerTellsOfItself) {
  Client client(server_.endpoint(), "/chat");
  const json server = admin_.Json("/server");
  EXPECT_EQ(server["draining"], false);
  EXPECT_EQ(server["egress"], std::string(server_->egress()));
  EXPECT_EQ(server["listen"], json({ToString(server_.endpoint())}));
  ASSERT_EQ(server["shards"].size(), 2U);
  EXPECT_EQ(server["shards"][0]["sessions"].get<int>() + server["shards"][1]["sessions"].get<int>(),
            1);
  EXPECT_EQ(server["counters"]["sessions_opened"], 1);
  EXPECT_GE(server["uptime_seconds"], 0);
  const json routes = admin_.Json("/routes")["routes"];
  const auto echo =
      std::ranges::find(routes, "echo", [](const json& route) { return route["name"]; });
  ASSERT_NE(echo, routes.end());
  EXPECT_EQ((*echo)["patterns"], json({"/echo"}));
}

}  // namespace
}  // namespace fanfare::testing
