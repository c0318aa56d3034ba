#include "core/auth/permissions.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fanfare {
namespace {

RoomPatterns Make(const std::vector<std::string>& patterns) {
  const auto made = RoomPatterns::Make(patterns);
  EXPECT_TRUE(made.ok()) << made.status();
  return made.ok() ? *made : RoomPatterns();
}

TEST(RoomPatternsTest, ANameIsThatRoomAlone) {
  const RoomPatterns rooms = Make({"tea", "milk"});
  EXPECT_TRUE(rooms.Has("tea"));
  EXPECT_TRUE(rooms.Has("milk"));
  EXPECT_FALSE(rooms.Has("te"));
  EXPECT_FALSE(rooms.Has("teas"));
  EXPECT_FALSE(rooms.Has("Tea"));
  EXPECT_FALSE(rooms.Has(""));
  EXPECT_FALSE(rooms.has_all());
}

TEST(RoomPatternsTest, APrefixIsAllThatBeginWithIt) {
  const RoomPatterns rooms = Make({"team-*"});
  EXPECT_TRUE(rooms.Has("team-"));
  EXPECT_TRUE(rooms.Has("team-a"));
  EXPECT_FALSE(rooms.Has("team"));
  EXPECT_FALSE(rooms.Has("my-team-a"));
  EXPECT_FALSE(rooms.has_all());
}

TEST(RoomPatternsTest, AStarIsAll) {
  const RoomPatterns rooms = Make({"tea", "*"});
  EXPECT_TRUE(rooms.has_all());
  EXPECT_TRUE(rooms.Has("milk"));
}

TEST(RoomPatternsTest, NoPatternIsNoRoom) {
  EXPECT_FALSE(Make({}).Has("tea"));
  EXPECT_FALSE(RoomPatterns().Has("tea"));
}

TEST(RoomPatternsTest, ManyPatternsAreOneSet) {
  const RoomPatterns rooms = Make({"tea", "b-c*", "b-*", "a", "b-", "tea", "b", "b-*", "te*", "z"});
  for (const char* room : {"a", "b", "b-", "b-c", "b-cd", "te", "tea", "ted", "z"}) {
    EXPECT_TRUE(rooms.Has(room)) << room;
  }
  for (const char* room : {"", "aa", "b.", "c", "t", "tf", "y", "zz"}) {
    EXPECT_FALSE(rooms.Has(room)) << room;
  }
}

TEST(RoomPatternsTest, PatternsComeInOrderAndNoRoomFitsTwo) {
  const RoomPatterns rooms = Make({"tea", "b-c*", "b-*", "a", "b-", "tea", "b"});
  std::vector<std::string> shown;
  for (const RoomPatterns::Pattern& pattern : rooms.patterns()) {
    shown.push_back(pattern.text + (pattern.is_prefix ? "*" : ""));
  }
  EXPECT_EQ(shown, (std::vector<std::string>{"a", "b", "b-*", "tea"}));
  EXPECT_TRUE(RoomPatterns().patterns().empty());
  ASSERT_EQ(RoomPatterns::All().patterns().size(), 1U);
  EXPECT_TRUE(RoomPatterns::All().patterns()[0].Fits("any"));
}

TEST(RoomPatternsTest, WhatIsNoPattern) {
  EXPECT_FALSE(RoomPatterns::Make({"tea", ""}).ok());
  EXPECT_FALSE(RoomPatterns::Make({"a*b"}).ok());
  EXPECT_FALSE(RoomPatterns::Make({"**"}).ok());
}

TEST(PermissionsTest, AllIsAllowedUnlessATokenSaysOtherwise) {
  const Permissions permissions;
  EXPECT_TRUE(permissions.join.Has("tea"));
  EXPECT_TRUE(permissions.publish.Has("tea"));
  EXPECT_TRUE(permissions.list.Has("tea"));
}

}  // namespace
}  // namespace fanfare
