// The addresses for operators: health, readiness, metrics.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/admin/admin_server.h"
#include "core/admin/metrics.h"
#include "tests/admin_client.h"
#include "tests/client.h"
#include "tests/raw_client.h"
#include "tests/test_server.h"

namespace fanfare::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class AdminTest : public ::testing::Test {
 protected:
  HttpReply Get(const std::string& path) { return admin_.Get(path); }

  // The value of a time series, which is the rest of its line in the text format.
  double Metric(const std::string& series) {
    const std::string text = "\n" + Get("/metrics").body;
    const std::size_t at = text.find("\n" + series + " ");
    if (at == std::string::npos) throw std::runtime_error("there is no " + series);
    return std::stod(text.substr(at + series.size() + 2));
  }

  static Config QuickConfig() {
    Limits limits;
    // Shards tick at an eighth of it.
    limits.handshake_time = std::chrono::seconds(1);
    return LocalConfig(limits);
  }

  TestServer server_{QuickConfig()};
  AdminClient admin_{*server_.operator->(), {}, std::chrono::seconds(3)};
};

TEST_F(AdminTest, MetricsCountWhatHappens) {
  EXPECT_EQ(Metric("fanfare_ready"), 1);
  Client ada(server_.endpoint(), "/chat");
  Client bob(server_.endpoint(), "/chat");
  ada.SendText("hello");
  EXPECT_EQ(ada.ReceiveText(), "hello");
  EXPECT_EQ(bob.ReceiveText(), "hello");
  RawClient lost(server_.endpoint());
  lost.Write(HandshakeFor("/nowhere"));
  EXPECT_EQ(lost.ReadReply().status, 404U);

  // Two shards; nobody says on which of them sessions are.
  const auto sum = [this](const std::string& name, const std::string& labels) {
    return Metric(name + "{shard=\"0\"" + labels + "}") +
           Metric(name + "{shard=\"1\"" + labels + "}");
  };
  EXPECT_EQ(sum("fanfare_connections", ""), 3);
  const std::string chat = ",route=\"chat\"";
  EXPECT_EQ(sum("fanfare_sessions_opened_total", chat), 2);
  EXPECT_EQ(sum("fanfare_messages_received_total", chat), 1);
  EXPECT_EQ(sum("fanfare_messages_sent_total", chat), 2);
  // A masked frame of five bytes.
  EXPECT_EQ(sum("fanfare_received_bytes_total", chat), 2 + 4 + 5);
  EXPECT_GT(sum("fanfare_sent_bytes_total", chat), 2 * (2 + 5));
  EXPECT_EQ(sum("fanfare_http_requests_total", ",outcome=\"refused\""), 1);
  EXPECT_GT(sum("fanfare_turn_seconds_count", ""), 0);
  EXPECT_GT(sum("fanfare_turn_seconds_sum", ""), 0);
  EXPECT_EQ(sum("fanfare_turn_seconds_bucket", ",le=\"+Inf\""),
            sum("fanfare_turn_seconds_count", ""));
  EXPECT_TRUE(WaitUntil([&] { return sum("fanfare_loop_delay_seconds_count", "") > 0; }));
  EXPECT_GT(Metric("process_resident_memory_bytes"), 0);
}

// Each route counts for itself, and the totals are those of all.
TEST_F(AdminTest, RoutesAreToldApart) {
  Client ada(server_.endpoint(), "/chat");
  Client echo(server_.endpoint(), "/echo");
  for (const char* text : {"one", "two", "three"}) {
    echo.SendText(text);
    EXPECT_EQ(echo.ReceiveText(), text);
  }
  ada.SendText("hello");
  EXPECT_EQ(ada.ReceiveText(), "hello");
  const auto of = [this](const std::string& name, const std::string& route) {
    const std::string labels = ",route=\"" + route + "\"}";
    return Metric(name + "{shard=\"0\"" + labels) + Metric(name + "{shard=\"1\"" + labels);
  };
  EXPECT_EQ(of("fanfare_messages_received_total", "echo"), 3);
  EXPECT_EQ(of("fanfare_messages_received_total", "chat"), 1);
  EXPECT_EQ(of("fanfare_messages_sent_total", "echo"), 3);
  EXPECT_EQ(of("fanfare_messages_sent_total", "chat"), 1);
  EXPECT_EQ(of("fanfare_received_bytes_total", "echo"), 3 * 6 + 11);
  EXPECT_EQ(of("fanfare_sessions_opened_total", "echo"), 1);
  EXPECT_EQ(of("fanfare_sessions_opened_total", "web"), 0);
  EXPECT_EQ(of("fanfare_sessions", "echo"), 1);
  EXPECT_EQ(of("fanfare_sessions", "web"), 0);
  EXPECT_EQ(server_.Count("messages_sent"), 4U);
  EXPECT_EQ(server_.Count("sessions_opened"), 2U);
}

TEST_F(AdminTest, HandshakesByOutcome) {
  const auto try_handshake = [this](const std::string& request) {
    RawClient client(server_.endpoint());
    client.Write(request);
    return client.ReadReply().status;
  };
  const Client accepted(server_.endpoint(), "/chat");
  EXPECT_EQ(try_handshake(HandshakeFor("/nowhere")), 404U);
  EXPECT_EQ(try_handshake("GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
                          "Connection: Upgrade\r\nSec-WebSocket-Version: 8\r\n\r\n"),
            426U);
  EXPECT_EQ(try_handshake("GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
                          "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                          "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                          "Origin: https://elsewhere.example\r\n\r\n"),
            403U);
  // None at all.
  EXPECT_EQ(try_handshake("GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n"), 404U);
  for (const auto& [outcome, count] : std::vector<std::pair<std::string, int>>{{"accepted", 1},
                                                                               {"not_found", 1},
                                                                               {"protocol", 1},
                                                                               {"origin", 1},
                                                                               {"auth", 0},
                                                                               {"rate", 0}}) {
    const std::string labels = ",outcome=\"" + outcome + "\"}";
    EXPECT_EQ(Metric("fanfare_handshakes_total{shard=\"0\"" + labels) +
                  Metric("fanfare_handshakes_total{shard=\"1\"" + labels),
              count)
        << outcome;
  }
}

// A reader that has stopped: how far it is behind, and what that takes.
TEST_F(AdminTest, TheLagOfTheSlowest) {
  const auto most = [this](const std::string& name) {
    return std::max(Metric(name + "{shard=\"0\"}"), Metric(name + "{shard=\"1\"}"));
  };
  RawClient stuck = RawClient::Open(server_.endpoint(), "/chat");
  Client ada(server_.endpoint(), "/chat");
  EXPECT_EQ(most("fanfare_lag_bytes"), 0);
  EXPECT_EQ(most("fanfare_lag_messages"), 0);
  // More than the sockets take, and no more than the log keeps.
  const std::string text(100'000, 'x');
  int sent = 0;
  while (most("fanfare_lag_bytes") < 1'000'000 && ++sent < 200) {
    ada.SendText(text);
    EXPECT_EQ(ada.ReceiveText(), text);
  }
  EXPECT_GE(most("fanfare_lag_bytes"), 1'000'000);
  EXPECT_GE(most("fanfare_lag_messages"), 10);
  EXPECT_LE(most("fanfare_lag_bytes"), most("fanfare_lag_messages") * (100'000 + 4));
  EXPECT_GE(Metric("fanfare_log_memory_bytes"), most("fanfare_lag_bytes"));
  stuck.socket().Close();
  EXPECT_TRUE(WaitUntil([&] { return most("fanfare_lag_bytes") == 0; }));
}

TEST_F(AdminTest, BroadcastsAreTimed) {
  const auto count = [this] {
    return Metric("fanfare_broadcast_seconds_count{shard=\"0\"}") +
           Metric("fanfare_broadcast_seconds_count{shard=\"1\"}");
  };
  Client ada(server_.endpoint(), "/chat");
  EXPECT_EQ(count(), 0);
  for (int i = 1; i <= 3; ++i) {
    ada.SendText("hello");
    EXPECT_EQ(ada.ReceiveText(), "hello");
    EXPECT_TRUE(WaitUntil([&] { return count() == i; }));
  }
  EXPECT_GT(Metric("fanfare_broadcast_seconds_sum{shard=\"0\"}") +
                Metric("fanfare_broadcast_seconds_sum{shard=\"1\"}"),
            0);
}

TEST_F(AdminTest, AShardThatDoesNotAnswerIsLeftOut) {
  EXPECT_EQ(Metric("fanfare_shard_answered{shard=\"1\"}"), 1);
  std::promise<void> release;
  server_->shard_list()[1]->Post([held = release.get_future().share()] { held.wait(); });
  EXPECT_TRUE(WaitUntil([&] { return Metric("fanfare_shard_answered{shard=\"1\"}") == 0; }));
  EXPECT_EQ(Metric("fanfare_shard_answered{shard=\"0\"}"), 1);
  EXPECT_THAT(Get("/metrics").body, Not(HasSubstr("fanfare_lag_bytes{shard=\"1\"}")));
  release.set_value();
  EXPECT_TRUE(WaitUntil([&] { return Metric("fanfare_shard_answered{shard=\"1\"}") == 1; }));
}

TEST_F(AdminTest, MetricsAreInPrometheusTextFormat) {
  const HttpReply reply = Get("/metrics");
  EXPECT_EQ(reply.status, 200U);
  EXPECT_EQ(reply.Header("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(reply.body, HasSubstr("# TYPE fanfare_messages_sent_total counter\n"));
  EXPECT_THAT(reply.body, HasSubstr("# HELP fanfare_messages_sent_total "));
}

// Of those of one name, Prometheus wants to have one type and all in one place.
TEST_F(AdminTest, EveryCounterIsExportedAndEveryNameIsOnce) {
  const std::vector<Counter Stats::*> exported = ExportedCounters();
  for (const NamedCounter& counter : kCounters) {
    EXPECT_EQ(std::ranges::count(exported, counter.member), 1) << counter.name;
  }
  EXPECT_EQ(exported.size(), std::size(kCounters));
  const std::vector<Counter RouteStats::*> by_route = ExportedRouteCounters();
  for (const NamedRouteCounter& counter : kRouteCounters) {
    EXPECT_EQ(std::ranges::count(by_route, counter.member), 1) << counter.name;
  }
  EXPECT_EQ(by_route.size(), std::size(kRouteCounters));
  std::vector<std::string> names;
  for (const auto& family : CollectMetrics(*server_.operator->())) {
    EXPECT_FALSE(family.help.empty()) << family.name;
    names.push_back(family.name);
  }
  std::ranges::sort(names);
  EXPECT_EQ(std::ranges::adjacent_find(names), names.end());
}

TEST_F(AdminTest, HealthTellsOfALoopThatDoesNotTurn) {
  EXPECT_EQ(Get("/healthz").status, 200U);
  std::promise<void> release;
  server_->shard_list()[1]->Post([held = release.get_future().share()] { held.wait(); });
  EXPECT_TRUE(WaitUntil([&] { return Get("/healthz").status == 503; }));
  EXPECT_THAT(Get("/healthz").body, HasSubstr("shard 1 has not answered for"));
  EXPECT_EQ(Get("/readyz").status, 200U) << "the others still serve";
  release.set_value();
  EXPECT_TRUE(WaitUntil([&] { return Get("/healthz").status == 200; }));
}

// Somebody holds as many connections as there may be, and says nothing.
TEST_F(AdminTest, HealthIsToldHoweverManyConnectionsAreHeld) {
  std::vector<std::unique_ptr<RawClient>> idle;
  const auto hold = [&](std::size_t more) {
    for (std::size_t i = 0; i < more; ++i) {
      idle.push_back(std::make_unique<RawClient>(admin_.endpoint()));
    }
  };
  hold(AdminServer::kMaxConnections + 6);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Get("/healthz").status, 200U);
    hold(1);
  }
  // Those that came first have made place, without a word.
  EXPECT_EQ(idle[0]->ReadToEnd(), "");
  EXPECT_EQ(idle[1]->ReadToEnd(), "");
  // And one that came later is served.
  idle.back()->Write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(idle.back()->ReadReply().body, "ok\n");
}

TEST_F(AdminTest, ItIsNotReadyFromTheStopOn) {
  EXPECT_EQ(Get("/readyz").status, 200U);
  // It holds up the stop: it answers no close frame.
  RawClient silent = RawClient::Open(server_.endpoint(), "/chat");
  auto cut = std::async(std::launch::async, [&] { return server_->Stop(); });
  EXPECT_TRUE(WaitUntil([&] { return Get("/readyz").status == 503; }));
  EXPECT_EQ(Metric("fanfare_ready"), 0);
  silent.socket().Close();
  EXPECT_EQ(cut.get(), 0U);
  EXPECT_EQ(Get("/readyz").status, 503U);
}

TEST_F(AdminTest, NothingElseIsThere) {
  EXPECT_EQ(Get("/chat").status, 404U);
  RawClient client(admin_.endpoint());
  client.Write("POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(client.ReadReply().status, 405U);
  // And nothing of this is at the server's own address.
  RawClient outside(server_.endpoint());
  outside.Write("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(outside.ReadReply().status, 404U);
}

TEST_F(AdminTest, AnAddressThatIsTakenIsAnError) {
  const std::string taken = ToString(admin_.endpoint());
  Config config;
  config.admin_listen = {taken};
  config.is_admin_listen_default = false;
  const auto second = AdminServer::Start(config, *server_.operator->());
  ASSERT_FALSE(second.ok());
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(taken));
}

TEST_F(AdminTest, WhereNobodyChoseTheAddressAnyPortWillDo) {
  Config config;
  EXPECT_EQ(config.admin_listen, std::vector<std::string>{"localhost:8081"});
  config.admin_listen = {ToString(admin_.endpoint())};
  const auto second = AdminServer::Start(config, *server_.operator->());
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_NE((*second)->endpoints().front().port(), admin_.endpoint().port());
  RawClient client((*second)->endpoints().front());
  client.Write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(client.ReadReply().body, "ok\n");
  // A reload leaves it there; but where the address is chosen, it must be had.
  const auto same = (*second)->Prepare(config);
  ASSERT_TRUE(same.ok()) << same.status();
  EXPECT_TRUE(same->listeners.opened.empty());
  EXPECT_TRUE(same->listeners.dropped.empty());
  config.is_admin_listen_default = false;
  EXPECT_FALSE((*second)->Prepare(config).ok());
  config.admin_listen = {};
  const auto none = AdminServer::Start(config, *server_.operator->());
  ASSERT_TRUE(none.ok());
  EXPECT_TRUE((*none)->endpoints().empty());
}

}  // namespace
}  // namespace fanfare::testing
