#include "routes/chat/events.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <variant>

namespace fanfare::chat {
namespace {

// The error's name, or "ok".
std::string_view Outcome(const OrError<std::monostate>& outcome) {
  const auto* error = std::get_if<Error>(&outcome);
  return error == nullptr ? "ok" : NameOf(error->code);
}

TEST(EventsTest, OnlyTheAuthorChangesAMessageAndAllReactToIt) {
  Events events;
  EXPECT_EQ(events.next(), 1U);
  events.AddMessage("ada");
  EXPECT_EQ(events.next(), 2U);
  EXPECT_EQ(Outcome(events.MayChange(1, "ada")), "ok");
  EXPECT_EQ(Outcome(events.MayChange(1, "grace")), "not_yours");
  EXPECT_EQ(Outcome(events.MayReact(1)), "ok");
}

TEST(EventsTest, WhatIsNoMessageIsNotChanged) {
  Events events;
  events.AddMessage("ada");
  events.AddEdit(1);
  events.AddReaction(1, "ada", "+", true);
  for (const std::uint64_t offset : {0, 2, 3, 4}) {
    EXPECT_EQ(Outcome(events.MayChange(offset, "ada")), "no_such_message") << offset;
    EXPECT_EQ(Outcome(events.MayReact(offset)), "no_such_message") << offset;
  }
}

TEST(EventsTest, ADeletedMessageIsDeletedWithAllOfItsEdits) {
  Events events;
  events.AddMessage("ada");
  events.AddMessage("ada");
  events.AddEdit(1);
  events.AddEdit(2);
  events.AddEdit(1);
  events.AddDelete(1);
  for (std::uint64_t offset = 0; offset < 8; ++offset) {
    EXPECT_EQ(events.IsDeleted(offset), offset == 1 || offset == 3 || offset == 5) << offset;
  }
  EXPECT_EQ(Outcome(events.MayChange(1, "ada")), "no_such_message");
  EXPECT_EQ(Outcome(events.MayReact(1)), "no_such_message");
  EXPECT_EQ(Outcome(events.MayChange(2, "ada")), "ok");
}

TEST(EventsTest, EditsOfAMessageThatIsDeletedAndNotKeptAnyMoreAreDeletedStill) {
  Events events;
  events.AddMessage("ada");
  events.AddEdit(1);
  events.AddDelete(1);
  events.Trim(2);
  EXPECT_FALSE(events.IsDeleted(1));
  EXPECT_TRUE(events.IsDeleted(2));
}

TEST(EventsTest, WhatIsTrimmedIsNotKept) {
  Events events;
  for (int i = 0; i < 5; ++i) events.AddMessage("ada");
  events.Trim(3);
  EXPECT_EQ(events.next(), 6U);
  EXPECT_EQ(Outcome(events.MayChange(2, "ada")), "no_such_message");
  EXPECT_EQ(Outcome(events.MayChange(3, "ada")), "ok");
  // Backwards changes nothing, and nothing is trimmed that has not happened.
  events.Trim(1);
  EXPECT_EQ(Outcome(events.MayChange(3, "ada")), "ok");
  events.Trim(100);
  EXPECT_EQ(events.next(), 6U);
  events.AddMessage("ada");
  EXPECT_EQ(Outcome(events.MayChange(6, "ada")), "ok");
}

TEST(EventsTest, AReactionIsOnesOwnAndKnowsWhatMadeItSo) {
  Events events;
  events.AddMessage("ada");
  EXPECT_FALSE(events.ReactionOf(1, "ada", "+").on);
  EXPECT_EQ(events.ReactionOf(1, "ada", "+").offset, 1U);
  events.AddReaction(1, "ada", "+", true);
  EXPECT_TRUE(events.ReactionOf(1, "ada", "+").on);
  EXPECT_EQ(events.ReactionOf(1, "ada", "+").offset, 2U);
  EXPECT_FALSE(events.ReactionOf(1, "ada", "-").on);
  EXPECT_FALSE(events.ReactionOf(1, "grace", "+").on);
  events.AddReaction(1, "ada", "+", false);
  EXPECT_FALSE(events.ReactionOf(1, "ada", "+").on);
  EXPECT_EQ(events.ReactionOf(1, "ada", "+").offset, 3U);
}

}  // namespace
}  // namespace fanfare::chat
