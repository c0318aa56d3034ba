#include "core/base64_object.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "absl/strings/escaping.h"

namespace fanfare {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;

std::size_t Find(std::string_view before, std::string_view json) {
  return FindBase64Object(std::string(before) +
                          absl::WebSafeBase64Escape({json.data(), json.size()}));
}

TEST(Base64ObjectTest, ObjectsWithWhiteSpaceAndWithout) {
  for (const std::string_view json :
       {R"({"alg":"HS256"})", R"({ "alg":"HS256"})", R"({   "alg":"HS256"})",
        "{\n  \"alg\": \"HS256\"\n}", "{\r\n\"alg\":\"HS256\"}", "{\t\"alg\":\"HS256\"}",
        "{\n\t\t \r\n \"a\":1}"}) {
    EXPECT_EQ(Find("", json), 0U) << json;
    EXPECT_EQ(Find("a.", json), 2U) << json;
    EXPECT_EQ(Find("a-e_", json), 4U) << json;
  }
}

TEST(Base64ObjectTest, WhatIsNone) {
  for (const std::string_view json :
       {"", "{", "{}", "{ ", "{  }", "[\"a\"]", "{ a", "\"a\"", "{a"}) {
    EXPECT_EQ(Find("", json), kNowhere) << json;
  }
  for (const std::string_view text : {"ewok.example.com", "homework", "keyIndex.a.b", "eyAnd",
                                      "ew0", "ewo", "eyA", "hello", "ewo.gIC", "ewog ICJh"}) {
    EXPECT_EQ(FindBase64Object(text), kNowhere) << text;
  }
}

// Text that would take long if each place were read to its end.
TEST(Base64ObjectTest, TakesAnyText) {
  for (const std::string_view piece : {"ewo", "ewog", "ICAg", "CiAg", "e", "ew", "ey"}) {
    std::string text = "e";
    while (text.size() < 100'000) text += piece;
    EXPECT_EQ(FindBase64Object(text), kNowhere) << piece;
  }
}

}  // namespace
}  // namespace fanfare
