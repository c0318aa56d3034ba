#include "bench/load/result.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "bench/load/report.h"

namespace fanfare::bench {
namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;

// Ten connections in two seconds; then 50 deliveries in five seconds, for which the server used one
// second of CPU time and the load two.
Result Sample() {
  Result result;
  result.options.url = ParseUrl("ws://127.0.0.1:8080/chat").value();
  result.options.roster = {.connections = 10};
  result.options.server_pids = {1};
  result.before_connect = {.time = 1 * kSecond, .server_cpu = 100, .server_rss = 1000};
  result.connected = {.time = 3 * kSecond, .server_cpu = 600, .server_rss = 3000};
  result.start = {.time = 5 * kSecond, .server_cpu = 1000, .server_rss = 3000, .load_cpu = 0};
  result.end = {.time = 10 * kSecond,
                .server_cpu = 1000 + kSecond,
                .server_rss = 4000,
                .load_cpu = 2 * kSecond};
  result.sent = 5;
  result.deliveries = 50;
  for (std::uint64_t i = 1; i <= 50; ++i) {
    result.latencies.Record(i * 1000);
  }
  return result;
}

TEST(ResultTest, Ratios) {
  const Result result = Sample();
  EXPECT_DOUBLE_EQ(result.Seconds(), 5);
  EXPECT_DOUBLE_EQ(result.ConnectSeconds(), 2);
  EXPECT_DOUBLE_EQ(result.DeliveriesPerSecond(), 10);
  EXPECT_DOUBLE_EQ(result.ServerShare(), 0.2);
  EXPECT_DOUBLE_EQ(result.LoadShare(), 0.4);
  EXPECT_DOUBLE_EQ(result.ServerNanosecondsPerDelivery().value(), 2e7);
  EXPECT_DOUBLE_EQ(result.ServerNanosecondsPerConnection().value(), 50);
  EXPECT_DOUBLE_EQ(result.ServerBytesPerConnection().value(), 200);
}

TEST(ResultTest, ALoadThatHadNoTimeLeftIsTheBottleneck) {
  Result result = Sample();
  EXPECT_FALSE(result.LoadIsBottleneck());
  result.end.load_cpu = 45 * kSecond / 10;
  EXPECT_TRUE(result.LoadIsBottleneck());
  EXPECT_NE(ToTable(result).find("warning: the load used 90 %"), std::string::npos);
}

TEST(ResultTest, WhatWasNotMeasuredIsNothing) {
  Result result = Sample();
  result.deliveries = 0;
  EXPECT_FALSE(result.ServerNanosecondsPerDelivery().has_value());
  EXPECT_NE(ToJson(result).find("\"cpu_ns_per_delivery\": null"), std::string::npos);
  result.options.server_pids.clear();
  EXPECT_FALSE(result.ServerBytesPerConnection().has_value());
  EXPECT_EQ(ToJson(result).find("\"server\":"), std::string::npos);
}

TEST(ResultTest, PercentilesRiseToTheLargest) {
  const auto percentiles = Sample().LatencyPercentiles();
  ASSERT_FALSE(percentiles.empty());
  EXPECT_EQ(percentiles.front().first, 0);
  EXPECT_EQ(percentiles.back(), std::pair(100.0, 50.0));
  for (std::size_t i = 1; i < percentiles.size(); ++i) {
    EXPECT_GT(percentiles[i].first, percentiles[i - 1].first);
    EXPECT_GE(percentiles[i].second, percentiles[i - 1].second);
  }
  EXPECT_TRUE(Result().LatencyPercentiles().empty());
}

TEST(ResultTest, Json) {
  Result result = Sample();
  result.problems.missing = 3;
  result.problems.texts = {"not UTF-8: \xFF"};
  const auto json = nlohmann::json::parse(ToJson(result));
  EXPECT_EQ(json["url"], "ws://127.0.0.1:8080/chat");
  EXPECT_EQ(json["mode"], "window");
  EXPECT_EQ(json["window"], 1);
  EXPECT_EQ(json["seconds"], 5);
  EXPECT_EQ(json["latency_us"]["max"], 50);
  EXPECT_EQ(json["connect"]["per_s"], 5);
  EXPECT_EQ(json["server"]["cpu_ns_per_delivery"], 2e7);
  EXPECT_EQ(json["server"]["rss_bytes_end"], 4000);
  EXPECT_EQ(json["load"]["is_bottleneck"], false);
  EXPECT_EQ(json["missing"], 3);
  EXPECT_EQ(json["errors"].size(), 1u);
}

TEST(ResultTest, TheTableSaysWhatFailed) {
  Result result = Sample();
  EXPECT_NE(ToTable(result).find("exactly once and in order"), std::string::npos);
  result.problems.repeated = 2;
  result.problems.Describe("connection 3 got it again");
  EXPECT_NE(ToTable(result).find("FAILED: 0 missing, 2 repeated"), std::string::npos);
  EXPECT_NE(ToTable(result).find("error: connection 3 got it again\n"), std::string::npos);
}

}  // namespace
}  // namespace fanfare::bench
