// One total order for all subscribers, whichever threads they and the publishers are on.
#include <gtest/gtest.h>

#include <future>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/client.h"
#include "tests/test_server.h"

namespace fanfare::testing {
namespace {

constexpr int kPublishers = 8;
constexpr int kListeners = 24;
constexpr int kMessages = 250;

// What publisher `p` says as its n-th message; of very different lengths.
std::string Text(int p, int n) {
  return std::to_string(p) + " " + std::to_string(n) + std::string((p * 31 + n * 17) % 300, '.');
}

std::vector<std::string> Publish(Client& client, int p) {
  for (int n = 0; n < kMessages; ++n) client.SendText(Text(p, n));
  return client.ReceiveTexts(kPublishers * kMessages);
}

TEST(OrderTest, EverybodyHearsTheSameOrder) {
  Config config = LocalConfig();
  config.threads = 4;
  TestServer server(config);
  std::vector<std::unique_ptr<Client>> clients;
  while (clients.size() < kPublishers + kListeners) {
    clients.push_back(std::make_unique<Client>(server.endpoint(), "/chat/order"));
  }
  std::vector<std::future<std::vector<std::string>>> heard;
  for (int i = 0; i < kPublishers + kListeners; ++i) {
    heard.push_back(std::async(std::launch::async, [&client = *clients[i], i] {
      return i < kPublishers ? Publish(client, i) : client.ReceiveTexts(kPublishers * kMessages);
    }));
  }
  std::vector<std::vector<std::string>> orders;
  for (auto& future : heard) orders.push_back(future.get());

  // Each publisher's messages are all there, once, and in its own order.
  const std::vector<std::string>& order = orders.front();
  std::map<int, int> next;
  for (const std::string& text : order) {
    const int publisher = text[0] - '0';
    ASSERT_EQ(text, Text(publisher, next[publisher]++));
  }
  for (int p = 0; p < kPublishers; ++p) EXPECT_EQ(next[p], kMessages);
  // And everybody heard just that.
  for (const auto& other : orders) EXPECT_TRUE(other == order);
  EXPECT_EQ(server.Count("messages_received"), std::uint64_t{kPublishers} * kMessages);
  EXPECT_EQ(server.Count("messages_sent"), order.size() * orders.size());
  EXPECT_EQ(server.Count("slow_readers"), 0U);
}

}  // namespace
}  // namespace fanfare::testing
