#include "core/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace fanfare {
namespace {

TEST(Utf8Test, ReadsTheFirstAndLastOfEachLength) {
  const struct {
    std::string_view text;
    char32_t value;
  } kCases[] = {
      {std::string_view("\0", 1), 0},
      {"\x7F", 0x7F},
      {"\xC2\x80", 0x80},
      {"\xDF\xBF", 0x7FF},
      {"\xE0\xA0\x80", 0x800},
      {"\xED\x9F\xBF", 0xD7FF},
      {"\xEE\x80\x80", 0xE000},
      {"\xEF\xBF\xBF", 0xFFFF},
      {"\xF0\x90\x80\x80", 0x10000},
      {"\xF4\x8F\xBF\xBF", 0x10FFFF},
  };
  for (const auto& [text, value] : kCases) {
    const CodePoint point = FirstCodePoint(std::string(text) + "x");
    EXPECT_EQ(point.value, value);
    EXPECT_EQ(point.bytes, text.size()) << std::hex << static_cast<std::uint32_t>(value);
    EXPECT_TRUE(IsUtf8(text));
  }
}

TEST(Utf8Test, RefusesWhatIsNotUtf8) {
  constexpr std::string_view kCases[] = {
      // A continuation, or a byte that never occurs, at the start.
      "\x80", "\xBF", "\xF5\x80\x80\x80", "\xFF",
      // Overlong.
      "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF",
      // Surrogates, and beyond the last code point.
      "\xED\xA0\x80", "\xED\xBF\xBF", "\xF4\x90\x80\x80",
      // Broken off, or a continuation that is none.
      "\xC3", "\xE2\x82", "\xF0\x9F\x98", "\xC3(", "\xE2\x82(", "\xF0\x9F\x98("};
  for (const std::string_view text : kCases) {
    EXPECT_EQ(FirstCodePoint(text).bytes, 0U) << testing::PrintToString(text);
    EXPECT_FALSE(IsUtf8(text)) << testing::PrintToString(text);
    EXPECT_FALSE(IsUtf8("good " + std::string(text))) << testing::PrintToString(text);
  }
}

TEST(Utf8Test, AnEmptyTextHasNoCodePointButIsUtf8) {
  EXPECT_EQ(FirstCodePoint("").bytes, 0U);
  EXPECT_TRUE(IsUtf8(""));
}

TEST(Utf8Test, CutsBetweenCodePointsOnly) {
  // One code point of each length: 1 + 2 + 3 + 4 bytes.
  constexpr std::string_view kText = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80";
  constexpr std::size_t kKept[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};
  for (std::size_t max = 0; max < std::size(kKept); ++max) {
    EXPECT_EQ(CutUtf8(kText, max), kText.substr(0, kKept[max])) << max;
  }
}

TEST(Utf8Test, CutsWhatIsNotUtf8WhereItWasAsked) {
  const std::string continuations(20, '\x80');
  EXPECT_EQ(CutUtf8(continuations, 10).size(), 10U);
  EXPECT_EQ(CutUtf8(continuations, 2).size(), 2U);
  // The two bytes after the e-acute belong to nothing.
  EXPECT_EQ(CutUtf8("\xC3\xA9\x80\x80\x80", 4), "\xC3\xA9\x80\x80");
  EXPECT_EQ(CutUtf8("\xC3", 0), "");
}

}  // namespace
}  // namespace fanfare
