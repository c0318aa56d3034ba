#include "core/strict_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace fanfare {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string Error(std::string_view text) {
  const auto value = ParseStrictJson(text);
  EXPECT_FALSE(value.ok()) << text;
  EXPECT_EQ(value.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(value.status().message());
}

std::string Nested(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

TEST(StrictJsonTest, CommentsMayBeRefused) {
  EXPECT_TRUE(ParseStrictJson("5 // five").ok());
  EXPECT_FALSE(ParseStrictJson("5 // five", JsonComments::kRefused).ok());
  EXPECT_FALSE(ParseStrictJson("/* five */ 5", JsonComments::kRefused).ok());
  EXPECT_TRUE(ParseStrictJson("5", JsonComments::kRefused).ok());
}

TEST(StrictJsonTest, ReadsJsonWithComments) {
  const auto value = ParseStrictJson(R"({
    // one
    "a": [1, -2, 2.5, true, null, "x"], /* two */ "b": {"a": {}}
  })");
  ASSERT_TRUE(value.ok()) << value.status();
  EXPECT_EQ(*value, nlohmann::json::parse(R"({"a":[1,-2,2.5,true,null,"x"],"b":{"a":{}}})"));
  EXPECT_EQ(*ParseStrictJson("5"), 5);
}

TEST(StrictJsonTest, SyntaxErrorsNameLineAndColumn) {
  EXPECT_THAT(Error(""), StartsWith("line 1, column 1: syntax error"));
  EXPECT_THAT(Error("x"), StartsWith("line 1, column 1: syntax error"));
  EXPECT_THAT(Error("{\n  \"a\": 1,\n}"), StartsWith("line 3, column 1: syntax error"));
  EXPECT_THAT(Error("{\n  \"a\": x\n}"), StartsWith("line 2, column 8: syntax error"));
  EXPECT_THAT(Error("{\"a\": 1"), StartsWith("line 1, column 8: syntax error"));
  EXPECT_THAT(Error("{}\n{}"), StartsWith("line 2, column 1: syntax error"));
  EXPECT_THAT(Error("/* open"), StartsWith("line 1, column "));
}

TEST(StrictJsonTest, ColumnsAreCharacters) {
  EXPECT_THAT(Error("{\"\u00e9\u20ac\U0001F600\": x}"), StartsWith("line 1, column 9: "));
}

TEST(StrictJsonTest, SyntaxErrorsSayWhatWasExpectedWithoutTheLibrarysPrefix) {
  const std::string error = Error(R"({"a": 1 "b": 2})");
  EXPECT_THAT(error, HasSubstr("expected '}'"));
  EXPECT_THAT(error, Not(HasSubstr("json.exception")));
  EXPECT_THAT(error, Not(HasSubstr("parse error")));
}

TEST(StrictJsonTest, SyntaxErrorsAreShort) {
  EXPECT_LT(Error("\"" + std::string(1'000'000, 'x')).size(), 400U);
}

TEST(StrictJsonTest, RefusesNumbersBeyondAllRange) {
  EXPECT_THAT(Error("[\n1e999]"), StartsWith("line 2, column 5: number overflow"));
}

TEST(StrictJsonTest, RefusesTextThatIsNotUtf8) {
  EXPECT_THAT(Error("\"\xff\""), StartsWith("line 1, column 2: "));
}

TEST(StrictJsonTest, ADuplicateKeyIsNamedByItsPath) {
  EXPECT_EQ(Error(R"({"a": 1, "a": 1})"), "a: this key occurs twice in its object");
  EXPECT_EQ(Error(R"({"r": [1, {}, [], "x", {"b": {"c": 1, "d": {}, "c": 2}}]})"),
            "r[4].b.c: this key occurs twice in its object");
  // The same key, written in two ways.
  EXPECT_EQ(Error(R"({"a": 1, "\u0061": 1})"), "a: this key occurs twice in its object");
}

TEST(StrictJsonTest, TheSameKeyMayOccurInSeveralObjects) {
  EXPECT_TRUE(ParseStrictJson(R"({"a": {"a": 1}, "b": [{"a": 1}, {"a": 1}]})").ok());
}

TEST(StrictJsonTest, LimitsTheDepth) {
  EXPECT_TRUE(ParseStrictJson(Nested(32)).ok());
  EXPECT_THAT(Error(Nested(33)), HasSubstr("[0][0]: nested too deep; at most 32"));
  EXPECT_THAT(Error(Nested(1'000'000)), HasSubstr("nested too deep"));
  EXPECT_THAT(Error(std::string(1'000'000, '[')), HasSubstr("nested too deep"));
}

}  // namespace
}  // namespace fanfare
