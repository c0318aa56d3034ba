#include "routes/chat/paths.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fanfare::chat {
namespace {

using ::testing::HasSubstr;

TEST(PathsTest, ThePatternsEndTells) {
  const auto part = [](std::string_view pattern) { return PartAt(pattern).value(); };
  EXPECT_EQ(part("/chat/{room}/events"), Part::kEvents);
  EXPECT_EQ(part("/{room}/events"), Part::kEvents);
  EXPECT_EQ(part("/api/rooms/{room}/messages"), Part::kMessages);
  EXPECT_EQ(part("/api/{room}/v1/messages"), Part::kMessages);
  EXPECT_EQ(part("/api/rooms/{room}/members"), Part::kMembers);
  EXPECT_EQ(part("/api/rooms"), Part::kRooms);
  EXPECT_EQ(part("/rooms"), Part::kRooms);
}

TEST(PathsTest, TheRestIsTheChat) {
  for (const char* pattern : {"/", "/chat", "/chat/{room}", "/talk/{room}/here", "/t/*", "/rooms/*",
                              "/chatrooms", "/{room}", "/events/{room}", "/{events}", ""}) {
    EXPECT_EQ(PartAt(pattern).value(), Part::kChat) << pattern;
  }
}

TEST(PathsTest, WhatCanNotBeToldIsAnError) {
  for (const char* pattern :
       {"/events", "/talk/events", "/talk/{name}/messages", "/{x}/members", "/talk/{room}/rooms"}) {
    EXPECT_FALSE(PartAt(pattern).ok()) << pattern;
  }
  EXPECT_EQ(PartAt("/talk/events").status().message(),
            "pattern \"/talk/events\" must have a {room}, because it ends in \"/events\"");
  EXPECT_EQ(PartAt("/t/{room}/rooms").status().message(),
            "pattern \"/t/{room}/rooms\" must not have a {room}, because it ends in \"/rooms\"");
  EXPECT_TRUE(CheckPatterns({"/talk", "/talk/{room}/events"}).ok());
  const absl::Status status = CheckPatterns({"/talk", "/members"});
  EXPECT_THAT(std::string(status.message()), HasSubstr("\"/members\""));
}

}  // namespace
}  // namespace fanfare::chat
