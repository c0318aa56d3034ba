#include "core/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fanfare {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

Target Parse(std::string_view text) {
  auto target = ParseTarget(text);
  EXPECT_TRUE(target.ok()) << text << ": " << target.status();
  return target.ok() ? *target : Target{};
}

std::string Error(std::string_view text) {
  const auto target = ParseTarget(text);
  EXPECT_FALSE(target.ok()) << text;
  EXPECT_EQ(target.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(target.status().message());
}

TEST(TargetTest, SplitsPathAndQuery) {
  const Target target = Parse("/chat/lobby?name=anna&after=5");
  EXPECT_EQ(target.path, "/chat/lobby");
  EXPECT_THAT(target.query, ElementsAre(Pair("name", "anna"), Pair("after", "5")));
}

TEST(TargetTest, ThePathIsLeftAsItWasSent) {
  for (const char* path :
       {"/", "/a/", "//a//b", "//", "/a%2Fb/%C3%A9", "/a/../b", "/:@!$&'()*+,;="}) {
    EXPECT_EQ(Parse(path).path, path);
    EXPECT_THAT(Parse(path).query, IsEmpty());
    EXPECT_EQ(Parse(path + std::string("?x=/?")).path, path);
  }
}

TEST(TargetTest, DecodesTheQuery) {
  EXPECT_THAT(Parse("/?a+b=c%20d%2B&%C3%A9=%26%3D").query,
              ElementsAre(Pair("a b", "c d+"), Pair("\u00e9", "&=")));
}

TEST(TargetTest, AQueryMayLackPartsAndRepeatNames) {
  EXPECT_THAT(Parse("/?").query, IsEmpty());
  EXPECT_THAT(Parse("/?&&").query, IsEmpty());
  EXPECT_THAT(
      Parse("/?a&b=&=c&a=1&x=y=z").query,
      ElementsAre(Pair("a", ""), Pair("b", ""), Pair("", "c"), Pair("a", "1"), Pair("x", "y=z")));
}

TEST(TargetTest, RefusesOtherForms) {
  for (const char* text : {"", "*", "chat", "?a=b", "http://host/chat", "host:80"}) {
    EXPECT_THAT(Error(text), HasSubstr("must start with a slash")) << text;
  }
}

TEST(TargetTest, RefusesMalformedText) {
  for (const char* text : {"/%", "/%zz", "/%4", "/?a=%", "/?%zz=1", "/a b", "/a#b", "/?a#b",
                           "/\x7f", "/a\nb", "/\xc3\xa9", "/<", "/a|b", "/[", "/\"", "/{x}"}) {
    EXPECT_THAT(Error(text), HasSubstr("malformed escape or a character")) << text;
  }
  EXPECT_THAT(Error(std::string_view("/a\0b", 4)), HasSubstr("malformed"));
}

TEST(TargetTest, RefusesWhatDoesNotDecodeToText) {
  EXPECT_EQ(Error("/a%00"), "the path is not UTF-8 text");
  EXPECT_EQ(Error("/%ff"), "the path is not UTF-8 text");
  EXPECT_EQ(Error("/?a=%00"), "the query is not UTF-8 text");
  EXPECT_EQ(Error("/?%c3=1"), "the query is not UTF-8 text");
}

}  // namespace
}  // namespace fanfare
