#include "routes/chat/json_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "routes/chat/json_object.h"

namespace fanfare::chat {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

using Names = std::vector<std::pair<std::string, std::string>>;

// The names and texts of an object's members.
Names Read(std::string_view text, const JsonLimits& limits = {}) {
  Names members;
  const std::optional<Error> error =
      ReadJsonObject(text, limits, [&](std::string_view name, const JsonValue& value) {
        members.emplace_back(name, value.text);
      });
  EXPECT_FALSE(error.has_value()) << text << ": " << error->message;
  return members;
}

// Why a text is refused; empty if it is not.
std::string Problem(std::string_view text, const JsonLimits& limits = {}) {
  const std::optional<Error> error = ReadJsonObject(text, limits, [](auto, const auto&) {});
  if (!error) return "";
  EXPECT_EQ(error->code == ErrorCode::kTooDeep, error->message.starts_with("more than")) << text;
  return error->message;
}

std::string Nested(std::size_t arrays) {
  return "{\"a\":" + std::string(arrays, '[') + std::string(arrays, ']') + "}";
}

TEST(JsonReaderTest, MembersAreFoundInTheirOrder) {
  EXPECT_THAT(Read("{}"), IsEmpty());
  EXPECT_THAT(Read(" \t\r\n{ } \n"), IsEmpty());
  EXPECT_THAT(
      Read(R"({"a":1,"b" : "x\n" , "c":[1, {"d":2}],"e":{},"f":[],"g":null,"h":true,"i":false})"),
      ElementsAre(Pair("a", "1"), Pair("b", "x\n"), Pair("c", R"([1,{"d":2}])"), Pair("e", "{}"),
                  Pair("f", "[]"), Pair("g", "null"), Pair("h", "true"), Pair("i", "false")));
  EXPECT_THAT(Read(R"({"":0,"a":1,"a":2})"),
              ElementsAre(Pair("", "0"), Pair("a", "1"), Pair("a", "2")));
  EXPECT_THAT(Read(R"({"\u0061\"":1})"), ElementsAre(Pair("a\"", "1")));
}

TEST(JsonReaderTest, KindsAreTold) {
  std::vector<JsonValue::Kind> kinds;
  ReadJsonObject(R"({"a":null,"b":true,"c":false,"d":-1,"e":"","f":[],"g":{}})", {},
                 [&](auto, const JsonValue& value) { kinds.push_back(value.kind); });
  using Kind = JsonValue::Kind;
  EXPECT_THAT(kinds, ElementsAre(Kind::kNull, Kind::kFlag, Kind::kFlag, Kind::kNumber,
                                 Kind::kString, Kind::kArray, Kind::kObject));
}

TEST(JsonReaderTest, WhatIsNoObjectIsRefusedWithItsPlace) {
  const std::pair<std::string, std::string> cases[] = {
      {"", "line 1, column 1: it ends too early"},
      {" \n ", "line 2, column 2: it ends too early"},
      {"[]", "line 1, column 1: not an object"},
      {"\n 1", "line 2, column 2: not an object"},
      {"\"x\"", "line 1, column 1: not an object"},
      {"null", "line 1, column 1: not an object"},
      {"hello", "line 1, column 1: not JSON"},
      {"nul", "line 1, column 4: it ends too early"},
      {"}", "line 1, column 1: not JSON"},
      {"\xEF\xBB\xBF{}", "line 1, column 1: not JSON"},
      {std::string("\0", 1), "line 1, column 1: not JSON"},
      {std::string("{}\0", 3), "line 1, column 3: not JSON"},
      {"{", "line 1, column 2: it ends too early"},
      {"{\"a\"", "line 1, column 5: it ends too early"},
      {"{\"a\" 1}", "line 1, column 6: not JSON"},
      {"{\"a\":}", "line 1, column 6: not JSON"},
      {"{\"a\":1", "line 1, column 7: it ends too early"},
      {"{\"a\":1,}", "line 1, column 8: not JSON"},
      {"{,}", "line 1, column 2: not JSON"},
      {"{a:1}", "line 1, column 2: not JSON"},
      {"{'a':1}", "line 1, column 2: not JSON"},
      {"{\"a\":[1,]}", "line 1, column 9: not JSON"},
      {"{\"a\":[1}}", "line 1, column 8: not JSON"},
      {"{\"a\":{\"b\":1]}", "line 1, column 12: not JSON"},
      {"{\"a\":{\"b\"}}", "line 1, column 10: not JSON"},
      {"{} {}", "line 1, column 4: not JSON"},
      {"{}]", "line 1, column 3: not JSON"},
      {"{\"a\":1} // no", "line 1, column 9: not JSON"},
      {"{\n  \"é\": x\n}", "line 2, column 8: not JSON"},
  };
  for (const auto& [text, problem] : cases) EXPECT_EQ(Problem(text), problem) << text;
}

TEST(JsonReaderTest, Strings) {
  for (const std::string right : {R"("")", R"("\"\\\/\b\f\n\r\t")", R"("\u0000\uFFFF\uabCD")",
                                  R"("\ud83d\udc4d")", "\"\x7F é 👍\""}) {
    EXPECT_EQ(Problem("{\"a\":" + right + "}"), "") << right;
    EXPECT_EQ(Problem("{" + right + ":1}"), "") << right;
  }
  for (const std::string wrong :
       {"\"\x01\"", "\"\n\"", "\"\t\"", "\"", R"("\")", R"("\x")", R"("\u12")", R"("\u12G4")",
        R"("\ud800")", R"("\udc00")", R"("\ud800x")", R"("\ud800\n")", R"("\ud800\ud800")",
        R"("\ud800\u0041")", R"("\ud800\u")", R"("\U0041")"}) {
    EXPECT_NE(Problem("{\"a\":" + wrong + "}"), "") << wrong;
    EXPECT_NE(Problem("{" + wrong + ":1}"), "") << wrong;
  }
  EXPECT_NE(Problem(std::string("{\"a\":\"\0\"}", 9)), "");
}

TEST(JsonReaderTest, Numbers) {
  for (const std::string right : {"0", "-0", "1", "-1", "10", "0.0", "1.50", "1e3", "1E+3", "1e-3",
                                  "0e0", "12345678901234567890123", "1e308", "1e-999", "-0.0e-0"}) {
    EXPECT_EQ(Problem("{\"a\":" + right + "}"), "") << right;
  }
  for (const std::string wrong : {"+1", "01", "-", "-01", ".5", "1.", "1.e3", "1e", "1e+", "0x1",
                                  "NaN", "Infinity", "-Infinity", "1_000", "1 2", "--1", "1e1.5"}) {
    EXPECT_NE(Problem("{\"a\":" + wrong + "}"), "") << wrong;
  }
}

TEST(JsonReaderTest, NumbersThatNoDoubleHoldsMayBeInOneMemberOnly) {
  for (const std::string& huge : {std::string("1e400"), std::string("-1e999"),
                                  std::string("1e999999999"), std::string(400, '9')}) {
    const std::string text = "{\"data\":{\"a\":[" + huge + "]}}";
    EXPECT_EQ(Problem(text), "line 1, column 15: a number that is too large");
    EXPECT_THAT(Read(text, {.any_numbers = "data"}),
                ElementsAre(Pair("data", "{\"a\":[" + huge + "]}")));
    EXPECT_NE(Problem("{\"a\":{\"data\":" + huge + "}}", {.any_numbers = "data"}), "");
    EXPECT_NE(Problem("{\"data\":1,\"a\":" + huge + "}", {.any_numbers = "data"}), "");
  }
}

TEST(JsonReaderTest, ExponentsAreLimitedEverywhere) {
  for (const std::string& huge : {std::string("1e99999999999"), std::string("-1.5E-99999999999"),
                                  "9e" + std::string(10'000, '9')}) {
    EXPECT_EQ(Problem("{\n\"a\": " + huge + "}"), "line 2, column 6: a number that is too large");
    EXPECT_EQ(Problem("{\n\"data\": " + huge + "}", {.any_numbers = "data"}),
              "line 2, column 9: a number that is too large");
  }
  EXPECT_EQ(Problem("{\"a\":1e-999999999}"), "");
  EXPECT_EQ(Problem("{\"a\":[0e999,0.0e999]}"), "");
}

TEST(JsonReaderTest, NestingIsLimited) {
  EXPECT_EQ(Problem(Nested(15)), "");
  EXPECT_EQ(Problem(Nested(16)), "more than 16 objects and arrays are inside each other");
  EXPECT_EQ(Problem(Nested(63), {.nesting = 64}), "");
  EXPECT_NE(Problem(Nested(64), {.nesting = 64}), "");
  EXPECT_EQ(Problem("{\"a\":[[],[],{\"b\":[]}],\"c\":[[]]}", {.nesting = 4}), "");
  EXPECT_NE(Problem("{\"a\":[[],[],{\"b\":[[]]}]}", {.nesting = 4}), "");
  // Of what is not closed, or no object, too; and without a stack that grows with it.
  for (const std::string part : {"[", "{\"a\":"}) {
    std::string text;
    for (int i = 0; i < 200'000; ++i) text += part;
    EXPECT_TRUE(Problem(text).starts_with("more than 16 ")) << part;
  }
  // Brackets in strings are no levels.
  EXPECT_EQ(Problem("{\"a\":\"" + std::string(100, '[') + "\\\"" + std::string(100, '{') + "\"}"),
            "");
}

TEST(JsonReaderTest, EveryBeginningOfAnObjectIsRefused) {
  const std::string text = R"({"a":[1.5e+3,"\u00e9\ud83d\udc4d",{"b":null}],"c":true})";
  EXPECT_EQ(Problem(text), "");
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_NE(Problem(std::string_view(text).substr(0, size)), "") << size;
  }
}

// What a string says, as a member and inside one.
TEST(JsonReaderTest, WhatStringsSay) {
  const auto said = [](const std::string& json) {
    const Names members = Read("{\"a\":" + json + ",\"b\":[" + json + "]," + json + ":1}");
    if (members.size() != 3) return std::string("nothing");
    EXPECT_EQ(members[1].second, "[" + JsonString(members[0].second) + "]");
    EXPECT_EQ(members[2].first, members[0].second);
    return members[0].second;
  };
  EXPECT_EQ(said(R"("")"), "");
  EXPECT_EQ(said(R"("plain é")"), "plain é");
  EXPECT_EQ(said(R"("\"\\\/\b\f\n\r\t.")"), "\"\\/\b\f\n\r\t.");
  EXPECT_EQ(said(R"("a\u0000b")"), std::string("a\0b", 3));
  EXPECT_EQ(said(R"("\u0041\u00e9\u20AC\ud83d\uDC4D\uffff")"), "Aé€👍\xEF\xBF\xBF");
  // The parser gives long strings in parts, which may end anywhere.
  for (std::size_t size = 4080; size < 4100; ++size) {
    for (const std::string_view part : {"é", "👍", R"(\\)", R"(\u00e9)", R"(\ud83d\udc4d)"}) {
      std::string json = "\"\\n" + std::string(size, 'x');
      for (int i = 0; i < 2000; ++i) json += part;
      const std::string text = said(json + '"');
      const std::string once = said('"' + std::string(part) + '"');
      std::string expected = '\n' + std::string(size, 'x');
      for (int i = 0; i < 2000; ++i) expected += once;
      EXPECT_TRUE(text == expected) << size << ' ' << part;
    }
  }
}

TEST(JsonReaderTest, ValuesAreCompact) {
  const auto compact = [](const std::string& json) {
    const Names members = Read("{\"data\":" + json + "}", {.any_numbers = "data"});
    return members.empty() ? "" : members[0].second;
  };
  EXPECT_EQ(compact(" { \"a b\" :\t[ 1.0 ,\n1e400, \" \\\" \" ] ,\r\"a b\": {} , \"\\/\":[ ] } "),
            R"({"a b":[1.0,1e400," \" "],"a b":{},"/":[]})");
  EXPECT_EQ(compact("[[],[[ 1 , 2],{}],\"[\",\"\",null , true,false,{\"{\":\":\",\"\":-0}]"),
            R"([[],[[1,2],{}],"[","",null,true,false,{"{":":","":-0}])");
  EXPECT_EQ(compact("-0"), "-0");
}

}  // namespace
}  // namespace fanfare::chat
