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
