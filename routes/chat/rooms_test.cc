#include "routes/chat/rooms.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "core/testing/fake_shard.h"

namespace fanfare::chat {
namespace {

using testing::FakeSession;
using testing::FakeShard;
using Texts = std::vector<std::string>;

Message Text(std::string_view text) {
  return {.type = MessageType::kText, .payload = text};
}

class RoomsTest : public ::testing::Test {
 protected:
  FakeShard shard_;
  int channels_made_ = 0;
  Rooms rooms_{[this](std::string name) {
    ++channels_made_;
    return std::make_shared<Channel>(std::move(name), Channel::Settings());
  }};
};

TEST_F(RoomsTest, EverybodyInTheRoomHearsABroadcastInOneOrder) {
  FakeSession a(shard_);
  FakeSession b(shard_);
  Rooms::Stay a_stays(rooms_, "room", a);
  Rooms::Stay b_stays(rooms_, "room", b);
  a_stays.sessions().Broadcast(Text("from a"));
  b_stays.sessions().Broadcast(Text("from b"));
  EXPECT_EQ(a.Texts(), (Texts{"from a", "from b"}));
  EXPECT_EQ(b.Texts(), (Texts{"from a", "from b"}));
}

TEST_F(RoomsTest, NobodyInAnotherRoomHearsIt) {
  FakeSession a(shard_);
  FakeSession b(shard_);
  Rooms::Stay a_stays(rooms_, "one", a);
  Rooms::Stay b_stays(rooms_, "two", b);
  a_stays.sessions().Broadcast(Text("in one"));
  EXPECT_EQ(a.Texts(), Texts{"in one"});
  EXPECT_EQ(b.Texts(), Texts{});
}

TEST_F(RoomsTest, TheMapIsKeyedByThePeersEndpoint) {
  FakeSession a(shard_);
  FakeSession b(shard_);
  {
    Rooms::Stay a_stays(rooms_, "room", a);
    Rooms::Stay b_stays(rooms_, "room", b);
    EXPECT_TRUE(a_stays.sessions().Contains(a.peer()));
    EXPECT_TRUE(a_stays.sessions().Contains(b.peer()));
    EXPECT_EQ(rooms_.SessionsIn("room"), 2U);
  }
  EXPECT_EQ(rooms_.SessionsIn("room"), 0U);
}

TEST_F(RoomsTest, WhoLeavesIsOutOfTheMapAndHearsNoMore) {
  FakeSession a(shard_);
  FakeSession b(shard_);
  Rooms::Stay a_stays(rooms_, "room", a);
  auto b_stays = std::make_unique<Rooms::Stay>(rooms_, "room", b);
  b_stays.reset();
  EXPECT_FALSE(a_stays.sessions().Contains(b.peer()));
  a_stays.sessions().Broadcast(Text("after"));
  EXPECT_EQ(a.Texts(), Texts{"after"});
  EXPECT_EQ(b.Texts(), Texts{});
}

TEST_F(RoomsTest, TwoSessionsMayHaveOneEndpoint) {
  FakeSession a(shard_);
  FakeSession b(shard_);
  b.set_peer(a.peer());
  Rooms::Stay a_stays(rooms_, "room", a);
  auto b_stays = std::make_unique<Rooms::Stay>(rooms_, "room", b);
  a_stays.sessions().Broadcast(Text("both"));
  shard_.Run();
  b_stays.reset();
  a_stays.sessions().Broadcast(Text("only a"));
  EXPECT_EQ(a.Texts(), (Texts{"both", "only a"}));
  EXPECT_EQ(b.Texts(), Texts{"both"});
}

TEST_F(RoomsTest, AnEmptyRoomIsFreed) {
  FakeSession a(shard_);
  auto stay = std::make_unique<Rooms::Stay>(rooms_, "room", a);
  EXPECT_EQ(rooms_.count(), 1U);
  stay.reset();
  EXPECT_EQ(rooms_.count(), 0U);
  stay = std::make_unique<Rooms::Stay>(rooms_, "room", a);
  EXPECT_EQ(channels_made_, 2);
}

TEST_F(RoomsTest, SessionsOfTwoShardsShareARoom) {
  FakeShard other;
  FakeSession a(shard_);
  FakeSession b(other);
  Rooms::Stay a_stays(rooms_, "room", a);
  Rooms::Stay b_stays(rooms_, "room", b);
  b_stays.sessions().Broadcast(Text("hello"));
  EXPECT_EQ(a.Texts(), Texts{"hello"});
  EXPECT_EQ(b.Texts(), Texts{"hello"});
}

}  // namespace
}  // namespace fanfare::chat
