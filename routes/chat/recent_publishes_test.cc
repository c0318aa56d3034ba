#include "routes/chat/recent_publishes.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace fanfare::chat {
namespace {

class RecentPublishesTest : public ::testing::Test {
 protected:
  void Add(const std::string& id, std::uint64_t offset, const std::string& room = "room",
           const std::string& epoch = "epoch") {
    publishes_.Add(id, {.room = room, .epoch = epoch, .offset = offset, .time = "now"});
  }
  // 0 if it is not known.
  std::uint64_t OffsetOf(const std::string& id, const std::string& room = "room",
                         const std::string& epoch = "epoch") {
    const auto* event = publishes_.Find(id, room, epoch);
    return event == nullptr ? 0 : event->offset;
  }

  RecentPublishes publishes_;
};

TEST_F(RecentPublishesTest, KnowsAnIdInItsRoomAndItsLife) {
  Add("1", 58);
  EXPECT_EQ(OffsetOf("1"), 58U);
  EXPECT_EQ(OffsetOf("2"), 0U);
  EXPECT_EQ(OffsetOf("1", "other"), 0U);
  EXPECT_EQ(OffsetOf("1", "room", "other"), 0U);
}

TEST_F(RecentPublishesTest, OneIdInTwoRoomsIsTwo) {
  Add("1", 58);
  Add("1", 7, "other");
  EXPECT_EQ(OffsetOf("1"), 58U);
  EXPECT_EQ(OffsetOf("1", "other"), 7U);
  // Nor does it matter where the room's name ends and the id begins.
  Add("b", 1, "a");
  EXPECT_EQ(OffsetOf("ab", ""), 0U);
}

TEST_F(RecentPublishesTest, InAnotherLifeOfItsRoomAnIdIsNew) {
  Add("1", 58);
  Add("1", 2, "room", "later");
  EXPECT_EQ(OffsetOf("1", "room", "later"), 2U);
  EXPECT_EQ(OffsetOf("1"), 0U);
  EXPECT_EQ(publishes_.size(), 1U);
}

TEST_F(RecentPublishesTest, TheNewestAreRemembered) {
  for (std::uint64_t i = 1; i <= kRememberedPublishes; ++i) Add(std::to_string(i), i);
  EXPECT_EQ(OffsetOf("1"), 1U);
  Add("one more", 1000);
  EXPECT_EQ(OffsetOf("1"), 0U);
  EXPECT_EQ(OffsetOf("2"), 2U);
  EXPECT_EQ(OffsetOf("one more"), 1000U);
  EXPECT_EQ(publishes_.size(), kRememberedPublishes);
}

TEST_F(RecentPublishesTest, AnIdThatIsNewAgainIsAmongTheNewest) {
  for (std::uint64_t i = 1; i <= kRememberedPublishes; ++i) Add(std::to_string(i), i);
  Add("1", 1, "room", "later");
  Add("one more", 1000);
  EXPECT_EQ(OffsetOf("1", "room", "later"), 1U);
  EXPECT_EQ(OffsetOf("2"), 0U);
}

}  // namespace
}  // namespace fanfare::chat
