#include "routes/chat/frames.h"

#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>

#include "core/testing/fake_shard.h"

namespace fanfare::chat {
namespace {

using nlohmann::json;

class FramesTest : public ::testing::Test {
 protected:
  FramesTest() { room_->BeginRecord(); }

  testing::FakeRouteContext context_;
  const Author ada_{"a", "Ada"};
  std::shared_ptr<Room> room_ = std::make_shared<Room>("room", RoomSettings(), context_);
};

TEST_F(FramesTest, WhatIsNotThereIsLeftOut) {
  EXPECT_EQ(PongFrame(""), R"({"type":"pong"})");
  EXPECT_EQ(PongFrame("1"), R"({"type":"pong","id":"1"})");
  EXPECT_EQ(AckFrame("1", ""), R"({"type":"ack","id":"1"})");
  EXPECT_EQ(AckFrame("1", "room"), R"({"type":"ack","id":"1","room":"room"})");
  EXPECT_EQ(ErrorFrame("", "", {.code = ErrorCode::kBadJson, .message = "no"}),
            R"({"type":"error","code":"bad_json","message":"no"})");
}

TEST_F(FramesTest, WhatClientsSaidIsEscaped) {
  const json error = json::parse(
      ErrorFrame("\"\n", "room", {.code = ErrorCode::kBadFrame, .message = "no \"x\""}));
  EXPECT_EQ(error, (json{{"type", "error"},
                         {"id", "\"\n"},
                         {"code", "bad_frame"},
                         {"message", "no \"x\""},
                         {"room", "room"}}));
}

TEST_F(FramesTest, ADuplicateSaysSo) {
  EXPECT_EQ(AckFrame("1", "room", {.offset = 58}),
            R"({"type":"ack","id":"1","room":"room","offset":58})");
  EXPECT_EQ(AckFrame("1", "room", {.offset = 58, .is_duplicate = true}),
            R"({"type":"ack","id":"1","room":"room","offset":58,"duplicate":true})");
}

TEST_F(FramesTest, JoinedHasThePageOfMembersOrTheirCount) {
  Room::Joined joined{.offset = 57,
                      .history = {.first = 12, .events = {R"({"a":1})", R"({"b":2})"}},
                      .members = {.version = 9, .count = 412, .page = {{ada_.json}, "a"}}};
  json frame = json::parse(JoinedFrame("2", *room_, joined));
  EXPECT_EQ(
      frame,
      (json{
          {"type", "joined"},
          {"id", "2"},
          {"room", "room"},
          {"epoch", room_->epoch()},
          {"offset", 57},
          {"first", 12},
          {"count", 412},
          {"recovered", false},
          {"history", {{{"a", 1}}, {{"b", 2}}}},
          {"presence",
           {{"version", 9}, {"members", {{{"session", "a"}, {"name", "Ada"}}}}, {"next", "a"}}}}));
  joined.members.page.next = "";
  frame = json::parse(JoinedFrame("2", *room_, joined));
  EXPECT_TRUE(frame["presence"]["next"].is_null());
  joined.members.is_listed = false;
  frame = json::parse(JoinedFrame("2", *room_, joined));
  EXPECT_EQ(frame["presence"], (json{{"version", 9}, {"count", 412}, {"listed", false}}));
}

TEST_F(FramesTest, MembersAreListedHoweverMany) {
  const Room::MemberPage page{
      .version = 9, .count = 412, .is_listed = false, .page = {{ada_.json}, ""}};
  const json frame = json::parse(MembersFrame("", *room_, page));
  EXPECT_EQ(frame["members"].size(), 1U);
  EXPECT_TRUE(frame["next"].is_null());
  EXPECT_FALSE(frame.contains("listed") || frame.contains("id"));
}

TEST_F(FramesTest, TypingExpiresAndItsEndDoesNot) {
  const json on = json::parse(TypingFrame(*room_, ada_, true));
  EXPECT_EQ(on["from"], (json{{"session", "a"}, {"name", "Ada"}}));
  EXPECT_EQ(on["expires"].get<std::string>().size(), 24U);
  EXPECT_FALSE(json::parse(TypingFrame(*room_, ada_, false)).contains("expires"));
}

TEST_F(FramesTest, WelcomeTellsTheGraceInMilliseconds) {
  const json welcome = json::parse(WelcomeFrame("s", "t", std::chrono::seconds(5)));
  EXPECT_EQ(welcome["grace_ms"], 5000);
  EXPECT_EQ(welcome["limits"]["history"], kMaxPage);
}

}  // namespace
}  // namespace fanfare::chat
