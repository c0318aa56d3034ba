// What reaches a session from elsewhere: other threads, and a timer.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/client.h"
#include "tests/probe_route.h"
#include "tests/test_server.h"

namespace fanfare::testing {
namespace {

class HandleTest : public ::testing::Test {
 protected:
  HandleTest() : server_(FourShards(), {.routes = ProbeRoute()}) {
    while (clients_.size() < 8) {
      clients_.push_back(std::make_unique<Client>(server_.endpoint(), "/probe"));
    }
  }

  static Config FourShards() {
    Config config = LocalConfig();
    config.threads = 4;
    return config;
  }

  TestServer server_;
  std::vector<std::unique_ptr<Client>> clients_;
};

TEST_F(HandleTest, ReachesTheSessionsOfAllShards) {
  clients_.front()->SendText("tell");
  for (const auto& client : clients_) EXPECT_EQ(client->ReceiveText(), "told");
}

TEST_F(HandleTest, ClosesThem) {
  clients_.front()->SendText("close-all");
  for (const auto& client : clients_) {
    const CloseReason close = client->ReceiveClose();
    EXPECT_EQ(close.code, 1000);
    EXPECT_EQ(close.reason, "all of you");
  }
}

TEST_F(HandleTest, DoesNothingForASessionThatHasEnded) {
  clients_.back()->Close(1000);
  clients_.pop_back();
  clients_.back()->Reset();
  clients_.pop_back();
  ASSERT_TRUE(server_.WaitForSessions(clients_.size()));
  clients_.front()->SendText("tell");
  for (const auto& client : clients_) EXPECT_EQ(client->ReceiveText(), "told");
}

TEST_F(HandleTest, ATaskThatWasPutOffRuns) {
  clients_.front()->SendText("later 1");
  for (const auto& client : clients_) EXPECT_EQ(client->ReceiveText(), "later");
  // What is put off beyond the server's end never runs, and holds up nothing.
  clients_.front()->SendText("later 3600000");
}

}  // namespace
}  // namespace fanfare::testing
