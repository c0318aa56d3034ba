#include "routes/chat/session_map.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "core/testing/fake_shard.h"

namespace fanfare::chat {
namespace {

using testing::FakeSession;
using Texts = std::vector<std::string>;

class SessionMapTest : public ::testing::Test {
 protected:
  void Say(const std::string& text) {
    map_.Broadcast({.type = MessageType::kText, .payload = text});
  }

  testing::FakeShard shard_;
  Channel channel_{"room", {}};
  SessionMap map_{channel_};
};

TEST_F(SessionMapTest, WhoIsInTheMapIsSentWhatIsSaid) {
  FakeSession a(shard_);
  FakeSession b(shard_);
  Say("before");
  map_.Join(a);
  map_.Join(b);
  Say("hello");
  EXPECT_EQ(a.Texts(), Texts{"hello"});
  EXPECT_EQ(b.Texts(), Texts{"hello"});
  map_.Leave(a);
  Say("more");
  EXPECT_EQ(a.Texts(), Texts{"hello"});
  EXPECT_EQ(b.Texts(), (Texts{"hello", "more"}));
}

TEST_F(SessionMapTest, FindsSessionsByTheirPeers) {
  FakeSession a(shard_);
  FakeSession b(shard_);
  map_.Join(a);
  EXPECT_TRUE(map_.Contains(a.peer()));
  EXPECT_FALSE(map_.Contains(b.peer()));
  map_.Leave(a);
  EXPECT_FALSE(map_.Contains(a.peer()));
  EXPECT_TRUE(map_.empty());
}

TEST_F(SessionMapTest, OfSessionsWithOnePeerOnlyTheOneThatIsMeantLeaves) {
  FakeSession a(shard_);
  FakeSession b(shard_);
  b.set_peer(a.peer());
  map_.Join(a);
  map_.Join(b);
  EXPECT_EQ(map_.size(), 2U);
  map_.Leave(a);
  EXPECT_TRUE(map_.Contains(b.peer()));
  EXPECT_EQ(map_.ids(), std::vector<std::uint64_t>{b.id()});
  Say("hello");
  EXPECT_EQ(a.Texts(), Texts{});
  EXPECT_EQ(b.Texts(), Texts{"hello"});
}

TEST_F(SessionMapTest, WhoIsNotInTheMapLeavesNothing) {
  FakeSession a(shard_);
  FakeSession b(shard_);
  map_.Join(a);
  map_.Leave(b);
  b.set_peer(a.peer());
  map_.Leave(b);
  EXPECT_EQ(map_.ids(), std::vector<std::uint64_t>{a.id()});
}

}  // namespace
}  // namespace fanfare::chat
