#include "core/percent.h"

#include <gtest/gtest.h>

namespace fanfare {
namespace {

TEST(PercentTest, Decodes) {
  EXPECT_EQ(PercentDecode(""), "");
  EXPECT_EQ(PercentDecode("plain"), "plain");
  EXPECT_EQ(PercentDecode("a%20b%2Fc%2fd%25"), "a b/c/d%");
  EXPECT_EQ(PercentDecode("caf%C3%A9"), "caf\u00e9");
  // Once only.
  EXPECT_EQ(PercentDecode("%2520"), "%20");
}

TEST(PercentTest, APlusIsASpaceInAQueryOnly) {
  EXPECT_EQ(PercentDecode("a+b%2B"), "a+b+");
  EXPECT_EQ(PercentDecode("a+b%2B", PlusSign::kIsSpace), "a b+");
}

TEST(PercentTest, RefusesMalformedEscapes) {
  for (const char* text : {"%", "%2", "a%", "%zz", "%2g", "%%20", "% 20"}) {
    EXPECT_EQ(PercentDecode(text), std::nullopt) << text;
  }
}

TEST(PercentTest, RefusesWhatIsNotText) {
  for (const char* text : {"%00", "a%00b", "%ff", "%C3", "%C0%80", "%ED%A0%80"}) {
    EXPECT_EQ(PercentDecode(text), std::nullopt) << text;
  }
  EXPECT_EQ(PercentDecode(std::string_view("a\0b", 3)), std::nullopt);
}

}  // namespace
}  // namespace fanfare
