#include "routes/chat/record.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/channel.h"

namespace fanfare::chat {
namespace {

using nlohmann::json;

constexpr std::size_t kAll = 1000;

Record MakeRecord(const History& history) {
  return {"room", std::make_shared<Channel>("room", Channel::Settings{.history = history})};
}

std::vector<json> Parsed(const std::deque<std::string>& events) {
  std::vector<json> parsed;
  for (const std::string& event : events) parsed.push_back(json::parse(event));
  return parsed;
}

std::vector<std::uint64_t> Offsets(const std::deque<std::string>& events) {
  std::vector<std::uint64_t> offsets;
  for (const json& event : Parsed(events)) offsets.push_back(event["offset"]);
  return offsets;
}

std::string_view ErrorOf(const OrError<Record::Published>& outcome) {
  const auto* error = std::get_if<Error>(&outcome);
  return error == nullptr ? "none" : NameOf(error->code);
}

React PlusOn(std::uint64_t target) {
  React react;
  react.target = target;
  react.key = "+";
  return react;
}

class RecordTest : public ::testing::Test {
 protected:
  json Newest() { return Parsed(record_.Read(kMaxOffset, 1)).at(0); }

  const Author ada_{"a", "Ada"};
  const Author grace_{"g", "Grace"};
  Record record_ = MakeRecord({.messages = 10, .bytes = 1 << 20, .age = std::chrono::hours(1)});
};

TEST_F(RecordTest, OffsetsBeginWithOne) {
  EXPECT_EQ(record_.newest(), 0U);
  EXPECT_EQ(record_.first(), 1U);
  EXPECT_EQ(record_.AddMessage(ada_, {.text = "hello"}).offset, 1U);
  EXPECT_EQ(record_.newest(), 1U);
  EXPECT_EQ(record_.first(), 1U);
}

TEST_F(RecordTest, EventsAreAsTheProtocolHasThem) {
  const Record::Published said =
      record_.AddMessage(ada_, {.text = "h\"i\n", .data = R"({"mood":[1]})"});
  const json from = {{"session", "a"}, {"name", "Ada"}};
  EXPECT_EQ(Newest(), (json{{"type", "message"},
                            {"room", "room"},
                            {"offset", 1},
                            {"time", said.time},
                            {"from", from},
                            {"text", "h\"i\n"},
                            {"data", {{"mood", {1}}}}}));
  record_.AddEdit(ada_, 1, {.text = "ho"});
  json edit = Newest();
  edit.erase("time");
  EXPECT_EQ(edit, (json{{"type", "edit"},
                        {"room", "room"},
                        {"offset", 2},
                        {"from", from},
                        {"target", 1},
                        {"text", "ho"}}));
  record_.AddReaction(grace_, PlusOn(1));
  EXPECT_EQ(Newest()["type"], "reaction");
  EXPECT_EQ(Newest()["key"], "+");
  EXPECT_EQ(Newest()["on"], true);
  EXPECT_EQ(Newest()["from"]["name"], "Grace");
  record_.AddDelete(ada_, 1);
  EXPECT_EQ(Newest()["type"], "delete");
  EXPECT_EQ(Newest()["target"], 1);
}

TEST_F(RecordTest, BytesAreBase64) {
  record_.AddBinary(ada_, std::string_view("\0\xff\xfe", 3));
  EXPECT_EQ(Newest()["binary"], "AP/+");
  EXPECT_EQ(Newest()["text"], "");
}

TEST_F(RecordTest, WhatMayNotBeDoneIsNoEvent) {
  record_.AddMessage(ada_, {.text = "hello"});
  EXPECT_EQ(ErrorOf(record_.AddEdit(grace_, 1, {.text = "x"})), "not_yours");
  EXPECT_EQ(ErrorOf(record_.AddDelete(grace_, 1)), "not_yours");
  EXPECT_EQ(ErrorOf(record_.AddReaction(grace_, PlusOn(2))), "no_such_message");
  EXPECT_EQ(record_.newest(), 1U);
}

TEST_F(RecordTest, AReactionThatChangesNothingIsTheOneBefore) {
  record_.AddMessage(ada_, {.text = "hello"});
  const React plus = PlusOn(1);
  EXPECT_EQ(std::get<Record::Published>(record_.AddReaction(ada_, plus)).offset, 2U);
  const auto again = std::get<Record::Published>(record_.AddReaction(ada_, plus));
  EXPECT_EQ(again.offset, 2U);
  EXPECT_TRUE(again.is_duplicate);
  EXPECT_EQ(record_.newest(), 2U);
}

TEST_F(RecordTest, APageEndsBeforeAnOffset) {
  for (int i = 0; i < 5; ++i) record_.AddMessage(ada_, {.text = "hello"});
  using Is = std::vector<std::uint64_t>;
  EXPECT_EQ(Offsets(record_.Read(4, 2)), (Is{2, 3}));
  EXPECT_EQ(Offsets(record_.Read(4, kAll)), (Is{1, 2, 3}));
  EXPECT_EQ(Offsets(record_.Read(1, kAll)), Is{});
  EXPECT_EQ(Offsets(record_.Read(6, 1)), Is{5});
  EXPECT_EQ(Offsets(record_.Read(kMaxOffset, kAll)), (Is{1, 2, 3, 4, 5}));
}

TEST_F(RecordTest, APageHasWhatIsKept) {
  for (int i = 0; i < 15; ++i) record_.AddMessage(ada_, {.text = "hello"});
  using Is = std::vector<std::uint64_t>;
  EXPECT_EQ(record_.first(), 6U);
  EXPECT_EQ(Offsets(record_.Read(8, kAll)), (Is{6, 7}));
  EXPECT_EQ(Offsets(record_.Read(6, kAll)), Is{});
  EXPECT_EQ(Offsets(record_.Read(2, kAll)), Is{});
  EXPECT_EQ(ErrorOf(record_.AddEdit(ada_, 5, {.text = "x"})), "no_such_message");
  EXPECT_EQ(ErrorOf(record_.AddEdit(ada_, 6, {.text = "x"})), "none");
}

TEST_F(RecordTest, APageIsCutAtItsOldEnd) {
  const std::string large(60'000, 'x');
  for (int i = 0; i < 6; ++i) record_.AddMessage(ada_, {.text = large});
  const auto page = record_.Read(kMaxOffset, kAll);
  EXPECT_EQ(Offsets(page), (std::vector<std::uint64_t>{3, 4, 5, 6}));
  // One event is a page, however large.
  record_.AddBinary(ada_, std::string(kMaxPageBytes, 'x'));
  EXPECT_EQ(Offsets(record_.Read(kMaxOffset, kAll)), std::vector<std::uint64_t>{7});
}

TEST_F(RecordTest, WhatWasDeletedIsReadWithoutItsContent) {
  record_.AddMessage(ada_, {.text = "secret", .data = "1"});
  record_.AddBinary(ada_, "secret");
  record_.AddEdit(ada_, 1, {.text = "secret, too"});
  record_.AddDelete(ada_, 1);
  record_.AddDelete(ada_, 2);
  const auto page = Parsed(record_.Read(kMaxOffset, kAll));
  ASSERT_EQ(page.size(), 5U);
  for (const std::size_t i : {0, 1, 2}) {
    EXPECT_EQ(page[i]["deleted"], true);
    EXPECT_FALSE(page[i].contains("text") || page[i].contains("data") || page[i].contains("binary"))
        << page[i];
  }
  EXPECT_EQ(page[2]["target"], 1);
  EXPECT_FALSE(page[3].contains("deleted"));
  // Pages that begin elsewhere, too.
  EXPECT_EQ(Parsed(record_.Read(4, 1)).at(0)["deleted"], true);
}

TEST(RecordHistoryTest, WhatBecameTooOldIsNotKept) {
  Record record = MakeRecord({.messages = 10, .bytes = 1 << 20, .age = std::chrono::seconds(0)});
  const Author ada("a", "Ada");
  record.AddMessage(ada, {.text = "hello"});
  const auto said = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() == said) {
  }
  EXPECT_EQ(ErrorOf(record.AddEdit(ada, 1, {.text = "x"})), "no_such_message");
  EXPECT_EQ(record.first(), 2U);
  EXPECT_EQ(record.newest(), 1U);
  EXPECT_TRUE(record.Read(kMaxOffset, kAll).empty());
}

TEST(RecordHistoryTest, EachLifeHasItsOwnEpoch) {
  const History history{.messages = 10, .bytes = 1000, .age = std::chrono::hours(1)};
  EXPECT_NE(MakeRecord(history).epoch(), MakeRecord(history).epoch());
}

}  // namespace
}  // namespace fanfare::chat
