// Rooms, as their members meet them: sessions on a fake shard, and time that passes at once.
#include "routes/chat/room.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <new>
#include <nlohmann/json.hpp>
#include <string>
#include <variant>
#include <vector>

#include "core/testing/fake_shard.h"

namespace fanfare::chat {
namespace {

using nlohmann::json;
using testing::FakeSession;
using Received = FakeSession::Received;
using Texts = std::vector<std::string>;

constexpr std::size_t kAll = 100;

chat::Join WithHistory(std::size_t history) {
  chat::Join join;
  join.history = history;
  return join;
}

chat::Join Recovering(const std::string& epoch, std::uint64_t offset) {
  chat::Join join = WithHistory(kAll);
  join.recover = {.epoch = epoch, .offset = offset};
  return join;
}

class RoomTest : public ::testing::Test {
 protected:
  std::shared_ptr<Room> Make(RoomSettings settings = {}) {
    auto room = std::make_shared<Room>("room", settings, context_);
    room->BeginRecord();
    return room;
  }
  Room::Joined Join(FakeSession& session, const Author& who, const chat::Join& request = {}) {
    return room_->Join(session, who, request);
  }
  // The frames of these types that a session was sent.
  std::vector<json> Frames(FakeSession& session, const Texts& types) {
    std::vector<json> frames;
    for (const std::string& text : session.Texts()) {
      json frame = json::parse(text);
      if (std::ranges::find(types, frame["type"].get<std::string>()) != types.end()) {
        frames.push_back(std::move(frame));
      }
    }
    return frames;
  }
  Texts Messages(FakeSession& session) {
    Texts texts;
    for (const json& frame : Frames(session, {"message"})) texts.push_back(frame["text"]);
    return texts;
  }

  const RoomSettings settings_;
  testing::FakeRouteContext context_;
  testing::FakeShard shard_;
  FakeSession a_{shard_};
  FakeSession b_{shard_};
  const Author ada_{"a", "Ada"};
  const Author grace_{"g", "Grace"};
  std::shared_ptr<Room> room_ = Make();
};

TEST_F(RoomTest, WhoJoinsIsToldWhatThereIsAndSentWhatComes) {
  room_->Say(grace_, {.text = "before"});
  const Room::Joined joined = Join(a_, ada_, WithHistory(kAll));
  EXPECT_EQ(joined.offset, 1U);
  EXPECT_EQ(joined.history.first, 1U);
  EXPECT_EQ(joined.history.events.size(), 1U);
  EXPECT_EQ(joined.members.count, 1U);
  EXPECT_EQ(joined.members.page.members, Texts{ada_.json});
  EXPECT_FALSE(joined.is_recovered);
  room_->Say(ada_, {.text = "after"});
  EXPECT_EQ(Messages(a_), Texts{"after"});
}

TEST_F(RoomTest, MembersAreToldAlsoAfterMemoryWasShort) {
  const Room::Joined joined = Join(a_, ada_);
  context_.Advance(settings_.presence_interval);
  context_.set_has_memory(false);
  EXPECT_THROW(Join(b_, grace_), std::bad_alloc);
  context_.set_has_memory(true);
  room_->Leave(b_, grace_);
  const Room::Joined again = Join(b_, grace_);
  context_.Advance(settings_.presence_interval);
  const std::vector<json> frames = Frames(a_, {"presence"});
  ASSERT_FALSE(frames.empty());
  EXPECT_EQ(frames.back()["count"], 2);
}

TEST_F(RoomTest, RecoveryBeginsBehindTheLastOneThatWasSeen) {
  for (const char* text : {"one", "two", "three"}) room_->Say(grace_, {.text = text});
  const Room::Joined joined = Join(a_, ada_, Recovering(room_->epoch(), 1));
  EXPECT_TRUE(joined.is_recovered);
  EXPECT_EQ(joined.offset, 3U);
  // What it missed is sent, and so is not in here, too.
  EXPECT_TRUE(joined.history.events.empty());
  room_->Say(grace_, {.text = "four"});
  EXPECT_EQ(Messages(a_), (Texts{"two", "three", "four"}));
}

TEST_F(RoomTest, RecoveryAtTheNewestHasMissedNothing) {
  room_->Say(grace_, {.text = "one"});
  const auto joined = Join(a_, ada_, Recovering(room_->epoch(), 1));
  EXPECT_TRUE(joined.is_recovered);
  EXPECT_EQ(Messages(a_), Texts{});
}

TEST_F(RoomTest, NothingIsRecoveredOfAnotherLifeNorOfTheFuture) {
  room_->Say(grace_, {.text = "one"});
  const auto other = Join(a_, ada_, Recovering("x", 0));
  EXPECT_FALSE(other.is_recovered);
  EXPECT_EQ(other.history.events.size(), 1U);
  const auto future = Join(b_, grace_, Recovering(room_->epoch(), 2));
  EXPECT_FALSE(future.is_recovered);
  room_->Say(grace_, {.text = "two"});
  EXPECT_EQ(Messages(a_), Texts{"two"});
  EXPECT_EQ(Messages(b_), Texts{"two"});
}

TEST_F(RoomTest, WhatIsTooOldIsNotServed) {
  RoomSettings settings;
  settings.history.age = std::chrono::seconds(0);
  room_ = Make(settings);
  room_->Say(grace_, {.text = "old"});
  const auto said = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() == said) {
  }
  const Room::EventPage page = room_->ReadEvents(kMaxOffset, kAll);
  EXPECT_EQ(page.first, 2U);
  EXPECT_TRUE(page.events.empty());
  const auto joined = Join(a_, ada_, WithHistory(kAll));
  EXPECT_EQ(joined.history.first, 2U);
  EXPECT_EQ(joined.offset, 1U);
  EXPECT_TRUE(joined.history.events.empty());
  // Nor is it recovered.
  const auto late = Join(b_, grace_, Recovering(room_->epoch(), 0));
  EXPECT_FALSE(late.is_recovered);
}

TEST_F(RoomTest, PresenceIsToldOnceForEachInterval) {
  const auto in_a = Join(a_, ada_);
  const auto in_b = Join(b_, grace_);
  EXPECT_TRUE(Frames(a_, {"presence"}).empty());
  context_.Advance(settings_.presence_interval);
  const auto frames = Frames(a_, {"presence"});
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0]["joined"].size(), 2U);
  EXPECT_EQ(frames[0]["version"], 1);
  context_.Advance(10 * settings_.presence_interval);
  EXPECT_EQ(Frames(a_, {"presence"}).size(), 1U);
}

TEST_F(RoomTest, NothingIsToldOfWhoIsBackBeforeTheFrame) {
  const auto in_a = Join(a_, ada_);
  Join(b_, grace_);
  context_.Advance(settings_.presence_interval);
  room_->Leave(b_, grace_);
  Join(b_, grace_);
  context_.Advance(settings_.presence_interval);
  EXPECT_EQ(Frames(a_, {"presence"}).size(), 1U);
  // And of later changes as ever.
  room_->Leave(b_, grace_);
  context_.Advance(settings_.presence_interval);
  EXPECT_EQ(Frames(a_, {"presence"}).back()["left"], json{"g"});
  EXPECT_EQ(Frames(a_, {"presence"}).back()["version"], 2);
}

TEST_F(RoomTest, WhoIsLostLeavesAfterAWhile) {
  const auto in_a = Join(a_, ada_);
  Join(b_, grace_);
  room_->Lose(b_, grace_);
  context_.Advance(settings_.grace - std::chrono::milliseconds(1));
  EXPECT_EQ(room_->ReadMembers("", kAll).count, 2U);
  context_.Advance(std::chrono::milliseconds(1));
  EXPECT_EQ(room_->ReadMembers("", kAll).count, 1U);
}

TEST_F(RoomTest, WhoIsLostAndComesBackStays) {
  Join(a_, ada_);
  room_->Lose(a_, ada_);
  Join(b_, ada_);
  context_.Advance(2 * settings_.grace);
  EXPECT_EQ(room_->ReadMembers("", kAll).count, 1U);
  // A second loss has a whole time of its own.
  room_->Lose(b_, ada_);
  context_.Advance(settings_.grace);
  EXPECT_EQ(room_->ReadMembers("", kAll).count, 0U);
}

TEST_F(RoomTest, PlainClientsHearTextAsItIs) {
  room_->JoinPlain(a_);
  room_->Say(grace_, {.text = "hello", .data = "1"});
  room_->Say(grace_, {.text = ""});
  room_->Say(grace_, {.text = "", .data = "1"});
  room_->Change(grace_, Edit{.room = "room", .target = 1, .content = {.text = "x"}});
  room_->Pass("{}");
  EXPECT_EQ(a_.Texts(), (Texts{"hello", ""}));
}

TEST_F(RoomTest, PlainClientsAreHeardByAll) {
  room_->JoinPlain(a_);
  const auto in_b = Join(b_, grace_);
  room_->SayPlain(a_, {.type = MessageType::kText, .payload = "hello"});
  room_->SayPlain(a_, {.type = MessageType::kBinary, .payload = "\x01"});
  EXPECT_EQ(a_.Messages(),
            (std::vector<Received>{{MessageType::kText, "hello"}, {MessageType::kBinary, "\x01"}}));
  const auto events = Frames(b_, {"message"});
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0]["text"], "hello");
  EXPECT_EQ(events[0]["from"]["name"], "guest");
  EXPECT_EQ(events[1]["binary"], "AQ==");
  EXPECT_EQ(events[1]["from"], events[0]["from"]);
}

TEST_F(RoomTest, PlainClientsAreMembersAsLongAsTheyAreThere) {
  room_->JoinPlain(a_);
  const auto in_b = Join(b_, grace_);
  EXPECT_EQ(in_b.members.count, 2U);
  room_->LeavePlain(a_);
  EXPECT_EQ(room_->ReadMembers("", kAll).count, 1U);
}

TEST_F(RoomTest, APlainClientIsAMemberFromTheRecordsBeginning) {
  room_ = std::make_shared<Room>("room", settings_, context_);
  room_->JoinPlain(a_);
  room_->SayPlain(a_, {.type = MessageType::kText, .payload = "unheard"});
  room_->BeginRecord();
  const auto in_b = Join(b_, grace_, WithHistory(kAll));
  EXPECT_EQ(in_b.members.count, 2U);
  EXPECT_EQ(in_b.offset, 0U);
  room_->SayPlain(a_, {.type = MessageType::kText, .payload = "heard"});
  EXPECT_EQ(Messages(b_), Texts{"heard"});
  EXPECT_EQ(a_.Texts(), (Texts{"unheard", "heard"}));
}

TEST_F(RoomTest, AKeyIsSaidOnce) {
  const auto first = room_->SayOnce(grace_, {.text = "hello"}, "key");
  const auto again = room_->SayOnce(grace_, {.text = "hello"}, "key");
  EXPECT_EQ(again.offset, first.offset);
  EXPECT_EQ(again.time, first.time);
  EXPECT_TRUE(again.is_duplicate);
  EXPECT_EQ(room_->SayOnce(grace_, {.text = "hello"}, "other").offset, 2U);
}

TEST_F(RoomTest, NothingIsLeftWhenNobodyIsThereAndNothingIsKept) {
  EXPECT_TRUE(room_->Expire());
  Join(a_, ada_);
  EXPECT_FALSE(room_->Expire());
  room_->Leave(a_, ada_);
  EXPECT_TRUE(room_->Expire());
  room_->Say(grace_, {.text = "kept"});
  EXPECT_FALSE(room_->Expire());
}

TEST_F(RoomTest, WhatIsPutOffDoesNotOutliveTheRoom) {
  Join(a_, ada_);
  room_->Lose(a_, ada_);
  room_.reset();
  context_.Advance(std::chrono::hours(1));
}

}  // namespace
}  // namespace fanfare::chat
