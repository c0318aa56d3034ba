#include "core/pattern.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fanfare {
namespace {

using ::testing::HasSubstr;

// A pattern's segments, each after a letter for its kind.
std::string Parts(std::string_view pattern) {
  const auto segments = ParsePattern(pattern);
  if (!segments.ok()) return segments.status().ToString();
  std::string parts;
  for (const Segment& segment : *segments) {
    constexpr char kLetters[] = "LPR";
    parts += std::string(1, kLetters[static_cast<int>(segment.kind)]) + ":" + segment.text + " ";
  }
  return parts;
}

std::string Error(std::string_view pattern) {
  const auto segments = ParsePattern(pattern);
  EXPECT_FALSE(segments.ok()) << pattern;
  EXPECT_EQ(segments.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(segments.status().message());
}

TEST(PatternTest, TakesPatternsApart) {
  EXPECT_EQ(Parts("/"), "L: ");
  EXPECT_EQ(Parts("/chat"), "L:chat ");
  EXPECT_EQ(Parts("/chat/"), "L:chat L: ");
  EXPECT_EQ(Parts("/chat/{room}/{user-id_2}"), "L:chat P:room P:user-id_2 ");
  EXPECT_EQ(Parts("/files/*"), "L:files R: ");
  EXPECT_EQ(Parts("/*"), "R: ");
  EXPECT_EQ(Parts("/caf\u00e9/a b/.x/..."), "L:caf\u00e9 L:a b L:.x L:... ");
}

TEST(PatternTest, MustStartWithASlash) {
  for (const char* pattern : {"", "chat", "*", "{room}", " /"}) {
    EXPECT_THAT(Error(pattern), HasSubstr("must start with a slash")) << pattern;
  }
}

TEST(PatternTest, TheStarIsAWholeSegmentAndTheLast) {
  EXPECT_THAT(Error("/*/a"), HasSubstr("* must be the last segment"));
  EXPECT_THAT(Error("/*/"), HasSubstr("* must be the last segment"));
  EXPECT_THAT(Error("/a*"), HasSubstr("* must be a whole segment, and the last one"));
  EXPECT_THAT(Error("/**"), HasSubstr("* must be a whole segment, and the last one"));
}

TEST(PatternTest, AParameterIsAWholeSegmentWithAName) {
  for (const char* pattern : {"/a{b}", "/{b}a", "/{a}{b}", "/}a{"}) {
    EXPECT_THAT(Error(pattern), HasSubstr("a parameter must be a whole segment")) << pattern;
  }
  for (const char* pattern : {"/{}", "/{ a}", "/{*}", "/{a.b}", "/{\u00e9}"}) {
    EXPECT_THAT(Error(pattern), HasSubstr("a parameter's name consists of")) << pattern;
  }
  for (const char* pattern : {"/{", "/}", "/{a", "/a}", "/{a/b}", "/{{a}"}) {
    EXPECT_THAT(Error(pattern), HasSubstr("{ and } do not match")) << pattern;
  }
  EXPECT_THAT(Error("/{a}/x/{a}"), HasSubstr("two parameters have the name a"));
}

TEST(PatternTest, ALiteralIsWhatAPathCanDecodeTo) {
  EXPECT_THAT(Error("/a%20b"), HasSubstr("% is not decoded here"));
  EXPECT_THAT(Error("/a?b"), HasSubstr("for the path only"));
  EXPECT_THAT(Error("/a#b"), HasSubstr("for the path only"));
  EXPECT_THAT(Error("/a//b"), HasSubstr("two slashes in a row"));
  EXPECT_THAT(Error("//"), HasSubstr("two slashes in a row"));
  EXPECT_THAT(Error("/a/../b"), HasSubstr("clients resolve"));
  EXPECT_THAT(Error("/."), HasSubstr("clients resolve"));
  EXPECT_THAT(Error("/a\n"), HasSubstr("control character"));
  EXPECT_THAT(Error(std::string_view("/a\0", 3)), HasSubstr("control character"));
  EXPECT_THAT(Error("/\xff"), HasSubstr("not UTF-8"));
}

TEST(PatternTest, LimitsTheNumberOfSegments) {
  std::string pattern;
  for (int i = 0; i < 32; ++i) {
    pattern += "/a";
  }
  EXPECT_TRUE(ParsePattern(pattern).ok());
  EXPECT_THAT(Error(pattern + "/a"), HasSubstr("more than 32 segments"));
}

}  // namespace
}  // namespace fanfare
