// The addresses for operators: health, readiness, metrics.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <iterator>
#include <string>
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
  EXPECT_EQ(sum("fanfare_sessions_opened_total", ""), 2);
  EXPECT_EQ(sum("fanfare_messages_received_total", ""), 1);
  EXPECT_EQ(sum("fanfare_messages_sent_total", ""), 2);
  // A masked frame of five bytes.
  EXPECT_EQ(sum("fanfare_received_bytes_total", ""), 2 + 4 + 5);
  EXPECT_GT(sum("fanfare_sent_bytes_total", ""), 2 * (2 + 5));
  EXPECT_EQ(sum("fanfare_http_requests_total", ",outcome=\"refused\""), 1);
  EXPECT_GT(sum("fanfare_turn_seconds_count", ""), 0);
  EXPECT_GT(sum("fanfare_turn_seconds_sum", ""), 0);
  EXPECT_EQ(sum("fanfare_turn_seconds_bucket", ",le=\"+Inf\""),
            sum("fanfare_turn_seconds_count", ""));
  EXPECT_TRUE(WaitUntil([&] { return sum("fanfare_loop_delay_seconds_count", "") > 0; }));
  EXPECT_GT(Metric("process_resident_memory_bytes"), 0);
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
