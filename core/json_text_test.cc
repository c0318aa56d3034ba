#include "core/json_text.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace fanfare {
namespace {

TEST(JsonTextTest, NamesMembersAndElements) {
  EXPECT_EQ(MemberPath("", "limits"), "limits");
  EXPECT_EQ(MemberPath("limits", "message_bytes"), "limits.message_bytes");
  EXPECT_EQ(MemberPath(ElementPath("routes", 12), "x-y"), "routes[12].x-y");
}

TEST(JsonTextTest, QuotesKeysThatWouldBeMisread) {
  EXPECT_EQ(MemberPath("a", ""), R"(a[""])");
  EXPECT_EQ(MemberPath("", "b.c"), R"(["b.c"])");
  EXPECT_EQ(MemberPath("a", "b\n\"c\""), R"(a["b\n\"c\""])");
  EXPECT_EQ(MemberPath("a", std::string(65, 'k')),
            "a[\"" + std::string(64, 'k') + "...\" (65 bytes)]");
}

TEST(JsonTextTest, ShowsValues) {
  EXPECT_EQ(ShowJson(nlohmann::json::parse("[1]")), "an array");
  EXPECT_EQ(ShowJson(nlohmann::json::parse("{}")), "an object");
  EXPECT_EQ(ShowJson(nullptr), "null");
  EXPECT_EQ(ShowJson(true), "true");
  EXPECT_EQ(ShowJson(-5), "-5");
  EXPECT_EQ(ShowJson(2.5), "2.5");
  EXPECT_EQ(ShowJson("a\u202e\"\xff"), R"("a\u202e\"\xff")");
  EXPECT_EQ(ShowJson(std::string(65, 'v')), "\"" + std::string(64, 'v') + "...\" (65 bytes)");
}

TEST(JsonTextTest, LeavesThePathOutForTheWholeDocument) {
  EXPECT_EQ(AtPath("a.b", "wrong"), "a.b: wrong");
  EXPECT_EQ(AtPath("", "wrong"), "wrong");
}

}  // namespace
}  // namespace fanfare
