#include "routes/chat/rooms.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/testing/fake_shard.h"

namespace fanfare::chat {
namespace {

using testing::FakeSession;

constexpr std::size_t kMaxRecorded = 2;
constexpr std::size_t kAll = 100;
const Author kAda("a", "Ada");

const RoomPatterns kAny = RoomPatterns::All();

class RoomsTest : public ::testing::Test {
 protected:
  void Say(Rooms::Stay& stay) { stay->Say(kAda, {.text = "hello"}); }
  // Somebody says something, and goes.
  void Visit(const std::string& name) {
    std::optional<Rooms::Stay> stay = rooms_.Enter(name);
    ASSERT_TRUE(stay);
    Say(*stay);
  }
  bool HasHistory(const std::string& name) {
    std::optional<Rooms::Stay> stay = rooms_.EnterExisting(name);
    return stay && (*stay)->Summarize().offset > 0;
  }

  testing::FakeRouteContext context_;
  testing::FakeShard shard_;
  Rooms rooms_{context_, {}, kMaxRecorded};
};

TEST_F(RoomsTest, OneNameIsOneRoom) {
  const auto a = rooms_.Enter("room");
  const auto b = rooms_.EnterPlain("room");
  const auto other = rooms_.EnterPlain("other");
  ASSERT_TRUE(a);
  EXPECT_EQ(&**a, &*b);
  EXPECT_NE(&*b, &*other);
  EXPECT_EQ(rooms_.count(), 2U);
  EXPECT_EQ(rooms_.recorded_count(), 1U);
}

TEST_F(RoomsTest, ARoomWithoutARecordGoesWithTheLastOne) {
  {
    const auto a = rooms_.EnterPlain("room");
    {
      const auto b = rooms_.EnterPlain("room");
    }
    EXPECT_EQ(rooms_.count(), 1U);
  }
  EXPECT_EQ(rooms_.count(), 0U);
}

TEST_F(RoomsTest, AStayThatWasMovedIsOne) {
  auto a = std::make_optional(rooms_.EnterPlain("room"));
  auto b = std::make_optional(std::move(*a));
  a.reset();
  EXPECT_EQ(rooms_.count(), 1U);
  b.reset();
  EXPECT_EQ(rooms_.count(), 0U);
}

TEST_F(RoomsTest, ARecordStays) {
  Visit("room");
  EXPECT_EQ(rooms_.count(), 1U);
  EXPECT_TRUE(HasHistory("room"));
  // For as long as something is kept.
  context_.Advance(std::chrono::minutes(10));
  EXPECT_TRUE(HasHistory("room"));
}

TEST_F(RoomsTest, AnEmptyRecordIsSweptAway) {
  {
    const auto stay = rooms_.Enter("room");
  }
  EXPECT_EQ(rooms_.recorded_count(), 1U);
  context_.Advance(std::chrono::minutes(1));
  EXPECT_EQ(rooms_.count(), 0U);
  EXPECT_EQ(rooms_.recorded_count(), 0U);
  // The sweep begins again with the next.
  {
    const auto stay = rooms_.Enter("room");
  }
  context_.Advance(std::chrono::minutes(1));
  EXPECT_EQ(rooms_.count(), 0U);
}

TEST_F(RoomsTest, SomebodysRoomIsNotSweptAway) {
  const auto stay = rooms_.Enter("room");
  context_.Advance(std::chrono::minutes(10));
  EXPECT_EQ(rooms_.recorded_count(), 1U);
}

TEST_F(RoomsTest, TheOneThatWasEmptyForTheLongestGivesItsPlace) {
  Visit("one");
  Visit("two");
  // It was visited again.
  EXPECT_TRUE(HasHistory("one"));
  Visit("three");
  EXPECT_EQ(rooms_.recorded_count(), kMaxRecorded);
  EXPECT_FALSE(rooms_.EnterExisting("two"));
  EXPECT_TRUE(HasHistory("one"));
  EXPECT_TRUE(HasHistory("three"));
}

TEST_F(RoomsTest, ThereAreNotMoreThanMayBe) {
  const auto one = rooms_.Enter("one");
  const auto two = rooms_.Enter("two");
  EXPECT_FALSE(rooms_.Enter("three"));
  EXPECT_EQ(rooms_.count(), 2U);
  // Others may enter those, and plain clients any.
  EXPECT_TRUE(rooms_.Enter("one"));
  const auto plain = rooms_.EnterPlain("three");
  EXPECT_FALSE(rooms_.Enter("three"));
  EXPECT_FALSE(rooms_.EnterExisting("three"));
  EXPECT_EQ(rooms_.count(), 3U);
}

TEST_F(RoomsTest, OnlyExistingRoomsAreEnteredAsSuch) {
  EXPECT_FALSE(rooms_.EnterExisting("room"));
  EXPECT_EQ(rooms_.count(), 0U);
  const auto plain = rooms_.EnterPlain("room");
  EXPECT_TRUE(rooms_.EnterExisting("room"));
  EXPECT_EQ(rooms_.recorded_count(), 1U);
}

TEST_F(RoomsTest, RoomsAreListedByName) {
  auto b = rooms_.Enter("b");
  const auto a = rooms_.Enter("a");
  // With a record or without one.
  const auto plain = rooms_.EnterPlain("c");
  Say(*b);
  const auto all = rooms_.ListAfter("", kAll, kAny);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].first, "a");
  EXPECT_EQ(all[0].second.offset, 0U);
  EXPECT_EQ(all[1].first, "b");
  EXPECT_EQ(all[1].second.offset, 1U);
  EXPECT_EQ(all[2].first, "c");
  EXPECT_EQ(rooms_.ListAfter("", 1, kAny).back().first, "a");
  EXPECT_EQ(rooms_.ListAfter("a", kAll, kAny).front().first, "b");
  EXPECT_TRUE(rooms_.ListAfter("c", kAll, kAny).empty());
  EXPECT_TRUE(rooms_.ListAfter("", kAll, RoomPatterns()).empty());
}

TEST_F(RoomsTest, OnlyRoomsThatAreWantedAreListed) {
  std::vector<Rooms::Stay> stays;
  for (const char* name : {"a", "b", "b-1", "b-2", "c", "d", "d-1", "e"}) {
    stays.push_back(rooms_.EnterPlain(name));
  }
  using Names = std::vector<std::string>;
  const auto list = [&](const Names& patterns, const std::string& after, std::size_t limit) {
    Names names;
    for (auto& [name, summary] : rooms_.ListAfter(after, limit, *RoomPatterns::Make(patterns))) {
      names.push_back(name);
    }
    return names;
  };
  EXPECT_EQ(list({"d*", "b-*", "a", "x"}, "", kAll), (Names{"a", "b-1", "b-2", "d", "d-1"}));
  EXPECT_EQ(list({"d*", "b-*", "a", "x"}, "", 2), (Names{"a", "b-1"}));
  EXPECT_EQ(list({"d*", "b-*", "a", "x"}, "b-1", 2), (Names{"b-2", "d"}));
  EXPECT_EQ(list({"d*", "b-*", "a", "x"}, "d-0", kAll), (Names{"d-1"}));
  EXPECT_EQ(list({"a", "b"}, "a", kAll), (Names{"b"}));
  EXPECT_EQ(list({"b*", "b-*"}, "", kAll), (Names{"b", "b-1", "b-2"}));
  EXPECT_EQ(list({"d*"}, "e", kAll), Names{});
}

TEST_F(RoomsTest, ASweepThatThereWasNoMemoryForComesLater) {
  const auto stay = rooms_.Enter("stays");
  context_.set_has_memory(false);
  // The next can not be asked for.
  EXPECT_THROW(context_.Advance(std::chrono::seconds(31)), std::bad_alloc);
  context_.set_has_memory(true);
  {
    const auto other = rooms_.Enter("other");
  }
  EXPECT_EQ(rooms_.count(), 2U);
  context_.Advance(std::chrono::minutes(1));
  EXPECT_EQ(rooms_.count(), 1U);
}

TEST_F(RoomsTest, ARoomThatThereWasNoMemoryForIsMadeLater) {
  const auto other = rooms_.Enter("other");
  context_.set_has_memory(false);
  EXPECT_THROW(rooms_.Enter("room"), std::bad_alloc);
  EXPECT_EQ(rooms_.count(), 1U);
  EXPECT_EQ(rooms_.ListAfter("", kAll, kAny).size(), 1U);
  context_.set_has_memory(true);
  EXPECT_TRUE(rooms_.Enter("room"));
}

TEST_F(RoomsTest, ARecordThatThereWasNoMemoryForBeginsLater) {
  const auto other = rooms_.Enter("other");
  const auto plain = rooms_.EnterPlain("room");
  FakeSession session(shard_);
  plain->JoinPlain(session);
  context_.set_has_memory(false);
  EXPECT_THROW(rooms_.Enter("room"), std::bad_alloc);
  EXPECT_EQ(rooms_.recorded_count(), 1U);
  // What is said is for the plain ones only still.
  plain->SayPlain(session, {.type = MessageType::kText, .payload = "hello"});
  EXPECT_EQ(session.Texts(), std::vector<std::string>{"hello"});
  context_.set_has_memory(true);
  const auto stay = rooms_.Enter("room");
  ASSERT_TRUE(stay);
  EXPECT_EQ((*stay)->ReadMembers("", kAll).count, 1U);
  plain->LeavePlain(session);
}

}  // namespace
}  // namespace fanfare::chat
