#include "bench/roster.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace fanfare::bench {
namespace {

TEST(RosterTest, OneRoomHasEveryone) {
  const Roster roster{.connections = 5, .publishers = 3};
  EXPECT_EQ(roster.RoomOf(4), 0u);
  EXPECT_EQ(roster.PublishersIn(0), 3u);
  EXPECT_EQ(roster.PublisherOf(0, 2), 2u);
  EXPECT_EQ(roster.PlaceInRoom(2), 2u);
}

TEST(RosterTest, TheLastConnectionsDoNotRead) {
  const Roster roster{.connections = 5, .publishers = 3, .stalled = 2};
  EXPECT_TRUE(roster.Publishes(2) && roster.Reads(2));
  EXPECT_FALSE(roster.Publishes(3) || roster.Reads(3));
}

TEST(RosterTest, EveryPublisherHasOnePlaceInItsRoom) {
  for (std::size_t rooms = 1; rooms <= 7; ++rooms) {
    for (std::size_t publishers = 0; publishers <= 20; ++publishers) {
      const Roster roster{.connections = 30, .publishers = publishers, .rooms = rooms};
      std::vector<std::size_t> found;
      for (std::size_t room = 0; room < rooms; ++room) {
        for (std::size_t i = 0; i < roster.PublishersIn(room); ++i) {
          found.push_back(roster.PublisherOf(room, i));
          EXPECT_EQ(roster.RoomOf(found.back()), room);
          EXPECT_EQ(roster.PlaceInRoom(found.back()), i);
          EXPECT_TRUE(roster.Publishes(found.back()));
        }
      }
      std::sort(found.begin(), found.end());
      EXPECT_EQ(std::unique(found.begin(), found.end()), found.end());
      EXPECT_EQ(found.size(), publishers);
    }
  }
}

}  // namespace
}  // namespace fanfare::bench
