#include "routes/chat/json_object.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace fanfare::chat {
namespace {

TEST(JsonObjectTest, MembersAreInTheirOrder) {
  EXPECT_EQ(JsonObject().Take(), "{}");
  EXPECT_EQ(JsonObject()
                .Text("type", "ack")
                .Number("offset", std::numeric_limits<std::uint64_t>::max())
                .Flag("on", true)
                .Flag("off", false)
                .Json("data", "[1.0]")
                .Take(),
            R"({"type":"ack","offset":18446744073709551615,"on":true,"off":false,"data":[1.0]})");
}

TEST(JsonObjectTest, WhatThereIsNotIsLeftOut) {
  EXPECT_EQ(JsonObject().TextIfAny("a", "").JsonIfAny("b", "").Take(), "{}");
  EXPECT_EQ(JsonObject().TextIfAny("a", "x").JsonIfAny("b", "0").Take(), R"({"a":"x","b":0})");
}

TEST(JsonObjectTest, StringsAreEscaped) {
  const std::pair<std::string, std::string> cases[] = {
      {"", R"("")"},
      {"plain é 👍 / \x7F", "\"plain é 👍 / \x7F\""},
      {"\"\\", R"("\"\\")"},
      {"a\nb", R"("a\nb")"},
      {"\b\f\r\t", R"("\b\f\r\t")"},
      {std::string("\0\x01\v\x1F", 4), R"("\u0000\u0001\u000b\u001f")"},
  };
  for (const auto& [text, json] : cases) EXPECT_EQ(JsonString(text), json);
}

TEST(JsonObjectTest, Arrays) {
  EXPECT_EQ(JsonArray(std::vector<std::string>()), "[]");
  EXPECT_EQ(JsonArray(std::vector<std::string>{"1"}), "[1]");
  EXPECT_EQ(JsonArray(std::vector<std::string>{"{}", "[]", "\"x\""}), R"([{},[],"x"])");
}

}  // namespace
}  // namespace fanfare::chat
