#include "core/options.h"

#include <gtest/gtest.h>

#include <limits>

namespace fanfare {
namespace {

using nlohmann::json;

constexpr std::int64_t kMin64 = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMax64 = std::numeric_limits<std::int64_t>::max();

Options Parse(const char* text, std::string path = "limits") {
  return Options(json::parse(text), std::move(path));
}

std::string Error(const absl::Status& status) {
  EXPECT_TRUE(status.ok() || status.code() == absl::StatusCode::kInvalidArgument);
  return std::string(status.message());
}

// The error of reading `value` as a whole number of the range.
std::string IntError(const std::string& value, Options::Range range = {.min = 1, .max = 10}) {
  Options options = Parse(("{\"n\":" + value + "}").c_str());
  EXPECT_EQ(options.Int("n", 7, range), 7) << value;
  return Error(options.Finish());
}

TEST(OptionsTest, ReadsEveryType) {
  Options options = Parse(R"({"i": 5, "b": true, "s": "x", "l": ["y", "z"], "o": {"k": [1]}})");
  EXPECT_EQ(options.Int("i", 1, {.min = 1, .max = 10}), 5);
  EXPECT_TRUE(options.Bool("b", false));
  EXPECT_EQ(options.String("s", ""), "x");
  EXPECT_EQ(options.Strings("l", {}), (std::vector<std::string>{"y", "z"}));
  EXPECT_EQ(options.Take("o"), json::parse(R"({"k": [1]})"));
  EXPECT_TRUE(options.Finish().ok()) << options.Finish();
}

TEST(OptionsTest, GivesTheDefaultOfWhatIsNotThere) {
  for (const char* text : {"{}", "null"}) {
    Options options = Parse(text);
    EXPECT_EQ(options.Int("i", 3, {.min = 1, .max = 10}), 3);
    EXPECT_TRUE(options.Bool("b", true));
    EXPECT_EQ(options.String("s", "d"), "d");
    EXPECT_EQ(options.Strings("l", {"d"}), std::vector<std::string>{"d"});
    EXPECT_TRUE(options.Take("o").is_null());
    EXPECT_FALSE(options.Has("i"));
    EXPECT_TRUE(options.Finish().ok()) << options.Finish();
  }
}

TEST(OptionsTest, ASectionIsReadLikeTheWhole) {
  Options options = Parse(R"({"history": {"events": 5}})", "options");
  Options history = options.Section("history");
  EXPECT_EQ(history.Int("events", 1, {.min = 1, .max = 10}), 5);
  EXPECT_EQ(options.Section("presence").Int("list", 7, {.min = 1, .max = 10}), 7);
  EXPECT_TRUE(options.Finish().ok()) << options.Finish();
}

TEST(OptionsTest, WhatIsWrongInASectionIsWrongWithTheWhole) {
  Options wrong = Parse(R"({"history": {"events": "many"}})", "options");
  wrong.Section("history").Int("events", 1, {.min = 1, .max = 10});
  EXPECT_EQ(Error(wrong.status()),
            R"(options.history.events: expected a whole number from 1 to 10, got "many")");
  Options unknown = Parse(R"({"history": {"event": 5}})", "options");
  unknown.Section("history").Int("events", 1, {.min = 1, .max = 10});
  EXPECT_EQ(Error(unknown.Finish()),
            R"(options.history.event: unknown key; did you mean "events"?)");
  Options other = Parse(R"({"history": 5})", "options");
  other.Section("history");
  EXPECT_EQ(Error(other.Finish()), "options.history: expected an object, got 5");
}

TEST(OptionsTest, DescribesWhatWasReadWithItsDefaults) {
  constexpr std::array<std::pair<std::string_view, int>, 2> kChoices = {{{"one", 1}, {"two", 2}}};
  Options options = Parse(R"({"rooms": 5, "history": {"events": 6}, "mode": "two"})");
  options.Int("rooms", 1, {.min = 1, .max = 10}, "how many");
  Options history = options.Section("history", "what is kept");
  options.Bool("loud", true, "whether it shouts");
  options.Choice("mode", 1, kChoices, "which");
  options.Choice("other_mode", 2, kChoices);
  options.Strings("keys", {"a"});
  history.Int("events", 1, {.min = 1, .max = 10});
  history.String("name", "x", "what it is called");

  const std::vector<OptionText> texts = options.Describe();
  ASSERT_EQ(texts.size(), 6U);
  EXPECT_EQ(texts[0].name, "rooms");
  EXPECT_EQ(texts[0].meaning, "how many");
  EXPECT_EQ(texts[0].value, 5);
  EXPECT_EQ(texts[1].meaning, "what is kept");
  ASSERT_EQ(texts[1].members.size(), 2U);
  EXPECT_EQ(texts[1].members[0].value, 6);
  EXPECT_EQ(texts[1].members[1].value, "x");
  EXPECT_EQ(texts[1].members[1].meaning, "what it is called");
  EXPECT_EQ(texts[2].value, true);
  EXPECT_EQ(texts[3].value, "two");
  EXPECT_EQ(texts[4].value, "two");
  EXPECT_EQ(texts[5].value, json::parse(R"(["a"])"));
}

TEST(OptionsTest, HasTellsWhatIsThereWithoutReadingIt) {
  const Options options = Parse(R"({"a": null})");
  EXPECT_TRUE(options.Has("a"));
  EXPECT_FALSE(options.Has("b"));
  EXPECT_FALSE(options.Finish().ok());
}

TEST(OptionsTest, IntTakesBothEndsOfItsRange) {
  Options options = Parse(R"({"a": 1, "b": 10, "c": -5, "d": -9223372036854775808,
                              "e": 9223372036854775807})");
  EXPECT_EQ(options.Int("a", 7, {.min = 1, .max = 10}), 1);
  EXPECT_EQ(options.Int("b", 7, {.min = 1, .max = 10}), 10);
  EXPECT_EQ(options.Int("c", 7, {.min = -5, .max = -5}), -5);
  EXPECT_EQ(options.Int("d", 7, {.min = kMin64, .max = kMax64}), kMin64);
  EXPECT_EQ(options.Int("e", 7, {.min = kMin64, .max = kMax64}), kMax64);
  EXPECT_TRUE(options.Finish().ok()) << options.Finish();
}

TEST(OptionsTest, IntRefusesWhatIsOutOfRange) {
  EXPECT_EQ(IntError("0"), "limits.n: expected a whole number from 1 to 10, got 0");
  EXPECT_EQ(IntError("11"), "limits.n: expected a whole number from 1 to 10, got 11");
  EXPECT_EQ(IntError("-1"), "limits.n: expected a whole number from 1 to 10, got -1");
}

TEST(OptionsTest, IntRefusesWhatDoesNotFit64Bits) {
  const Options::Range kAll = {.min = kMin64, .max = kMax64};
  constexpr char kExpected[] =
      "limits.n: expected a whole number from -9223372036854775808 to 9223372036854775807, got ";
  // 2^63, which would wrap around to a negative number; 2^64 - 1, which would be -1; and beyond.
  EXPECT_EQ(IntError("9223372036854775808", kAll), kExpected + std::string("9223372036854775808"));
  EXPECT_EQ(IntError("18446744073709551615", kAll),
            kExpected + std::string("18446744073709551615"));
  EXPECT_EQ(IntError("1e30", kAll), kExpected + std::string("1e+30"));
  EXPECT_NE(IntError("18446744073709551616", kAll), "");
  EXPECT_NE(IntError("-9223372036854775809", kAll), "");
}

TEST(OptionsTest, IntRefusesOtherTypes) {
  constexpr char kExpected[] = "limits.n: expected a whole number from 1 to 10, got ";
  EXPECT_EQ(IntError("5.5"), kExpected + std::string("5.5"));
  EXPECT_EQ(IntError("5.0"), kExpected + std::string("5.0"));
  EXPECT_EQ(IntError("\"big\""), kExpected + std::string("\"big\""));
  EXPECT_EQ(IntError("true"), kExpected + std::string("true"));
  EXPECT_EQ(IntError("null"), kExpected + std::string("null"));
  EXPECT_EQ(IntError("[5]"), kExpected + std::string("an array"));
  EXPECT_EQ(IntError("{}"), kExpected + std::string("an object"));
}

TEST(OptionsTest, BoolRefusesOtherTypes) {
  for (const char* value : {"1", "\"true\"", "null"}) {
    Options options = Parse((std::string("{\"b\":") + value + "}").c_str());
    EXPECT_TRUE(options.Bool("b", true));
    EXPECT_EQ(Error(options.Finish()),
              std::string("limits.b: expected true or false, got ") + value);
  }
}

TEST(OptionsTest, StringRefusesOtherTypes) {
  Options options = Parse(R"({"s": 5})");
  EXPECT_EQ(options.String("s", "d"), "d");
  EXPECT_EQ(Error(options.Finish()), "limits.s: expected a string, got 5");
}

TEST(OptionsTest, StringsTakesOneString) {
  Options options = Parse(R"({"l": "one", "e": []})");
  EXPECT_EQ(options.Strings("l", {}), std::vector<std::string>{"one"});
  EXPECT_TRUE(options.Strings("e", {"d"}).empty());
  EXPECT_TRUE(options.Finish().ok());
}

TEST(OptionsTest, StringsRefusesOtherTypes) {
  Options options = Parse(R"({"l": {}})", "");
  EXPECT_EQ(options.Strings("l", {"d"}), std::vector<std::string>{"d"});
  EXPECT_EQ(Error(options.Finish()), "l: expected an array of strings, got an object");
}

TEST(OptionsTest, StringsNamesTheElementThatIsWrong) {
  Options options = Parse(R"({"l": ["a", 2]})", "routes[0]");
  EXPECT_EQ(options.Strings("l", {"d"}), std::vector<std::string>{"d"});
  EXPECT_EQ(Error(options.Finish()), "routes[0].l[1]: expected a string, got 2");
}

TEST(OptionsTest, RefusesWhatIsNoObject) {
  EXPECT_EQ(Error(Parse("[1]").Finish()), "limits: expected an object, got an array");
  EXPECT_EQ(Error(Parse("5", "").Finish()), "expected an object, got 5");
  Options options = Parse("\"text\"");
  EXPECT_EQ(options.Int("n", 7, {.min = 1, .max = 10}), 7);
  EXPECT_FALSE(options.Has("n"));
  EXPECT_EQ(Error(options.Finish()), "limits: expected an object, got \"text\"");
}

TEST(OptionsTest, SuggestsTheKeyThatWasMeant) {
  Options options = Parse(R"({"mesage_bytes": 5})");
  options.Int("message_bytes", 1, {.min = 1, .max = 10});
  options.Int("log_bytes", 1, {.min = 1, .max = 10});
  EXPECT_EQ(Error(options.Finish()),
            "limits.mesage_bytes: unknown key; did you mean \"message_bytes\"?");
}

TEST(OptionsTest, ListsTheKeysWhenNoneIsNear) {
  Options options = Parse(R"({"colour": 5})", "");
  options.Bool("message", false);
  options.Bool("bytes", false);
  EXPECT_EQ(Error(options.Finish()), "colour: unknown key; known are bytes, message");
  EXPECT_EQ(Error(Parse(R"({"x": 1})").Finish()), "limits.x: unknown key; there are none here");
}

TEST(OptionsTest, ShowsStrangeTextSafely) {
  Options options = Parse(R"({"s": "\u001b[2J\u202e"})");
  options.Bool("s", false);
  EXPECT_EQ(Error(options.Finish()), R"(limits.s: expected true or false, got "\x1b[2J\u202e")");

  const Options unknown = Parse(R"({"a.b\n": 1})");
  EXPECT_EQ(Error(unknown.Finish()), R"(limits["a.b\n"]: unknown key; there are none here)");

  Options large(json{{"s", std::string(1000, 'x')}}, "");
  large.Bool("s", false);
  EXPECT_EQ(Error(large.Finish()),
            "s: expected true or false, got \"" + std::string(64, 'x') + "...\" (1000 bytes)");
}

TEST(OptionsTest, KeepsTheFirstError) {
  Options options = Parse(R"({"a": "x", "b": "y"})");
  EXPECT_TRUE(options.status().ok());
  options.Bool("b", false);
  options.Bool("a", false);
  options.Fail("c", "no good");
  EXPECT_EQ(Error(options.status()), "limits.b: expected true or false, got \"y\"");
  EXPECT_EQ(options.status(), options.Finish());
}

TEST(OptionsTest, FailNotesTheCallersOwnError) {
  Options options = Parse(R"({"a": "x"})", "routes[0].options");
  options.String("a", "");
  EXPECT_EQ(options.PathOf("a"), "routes[0].options.a");
  options.Fail("a", "expected a colour, got \"x\"");
  EXPECT_EQ(Error(options.Finish()), "routes[0].options.a: expected a colour, got \"x\"");
}

}  // namespace
}  // namespace fanfare
