#include "core/log_text.h"

#include <gtest/gtest.h>

namespace fanfare {
namespace {

std::string Text(std::string_view payload) {
  return QuoteForLog({MessageType::kText, payload});
}

std::string Binary(std::string_view payload) {
  return QuoteForLog({MessageType::kBinary, payload});
}

TEST(LogTextTest, QuotesText) {
  EXPECT_EQ(Text("teste"), R"("teste")");
  EXPECT_EQ(Text(""), R"("")");
  EXPECT_EQ(Text("it's"), R"("it's")");
}

TEST(LogTextTest, EscapesWhatWouldEndTheQuoteOrTheLine) {
  EXPECT_EQ(Text("say \"hi\""), R"("say \"hi\"")");
  EXPECT_EQ(Text("C:\\new"), R"("C:\\new")");
  EXPECT_EQ(Text("a\r\nb\tc"), R"("a\r\nb\tc")");
  // An escape sequence that clears the screen; a NUL; a digit after an escape.
  EXPECT_EQ(Text("\x1b[2J"), R"("\x1b[2J")");
  EXPECT_EQ(Text(std::string_view("\0"
                                  "1\x7f",
                                  3)),
            R"("\x001\x7f")");
}

TEST(LogTextTest, KeepsUtf8Readable) {
  constexpr std::string_view kReadable[] = {
      // Latin, Cyrillic, Japanese, Arabic; a family of three with its joiners.
      "caf\u00e9", "\u043f\u0440\u0438\u0432\u0435\u0442", "\u65e5\u672c", "\u0645\u0631\u062d",
      "\U0001F468\u200D\U0001F469\u200D\U0001F466"};
  for (const std::string_view text : kReadable) {
    EXPECT_EQ(EscapeForLog(text), text);
  }
}

TEST(LogTextTest, EscapesWhatATerminalActsUponOrNobodySees) {
  EXPECT_EQ(EscapeForLog("\u0080\u009b\u009f"), R"(\u0080\u009b\u009f)");
  EXPECT_EQ(EscapeForLog("\u2028\u2029"), R"(\u2028\u2029)");
  EXPECT_EQ(EscapeForLog("\u200b\u200e\u200f\u202a\u202e"), R"(\u200b\u200e\u200f\u202a\u202e)");
  EXPECT_EQ(EscapeForLog("\u2060\u2066\u2069\u061c\u00ad"), R"(\u2060\u2066\u2069\u061c\u00ad)");
  EXPECT_EQ(EscapeForLog("\ufeff\ufff9\uffff"), R"(\ufeff\ufff9\uffff)");
  EXPECT_EQ(EscapeForLog("\U000e0041"), R"(\U000e0041)");
}

TEST(LogTextTest, KeepsTheNeighboursOfWhatIsEscaped) {
  constexpr std::string_view kNeighbours =
      "\u00a0\u00ac\u00ae\u061b\u061d\u200a\u200c\u200d\u2010\u2027\u202f\u205f\u2070\ufefe\ufff8"
      "\ufffd\U00010000\U000dffff\U000e0080";
  EXPECT_EQ(EscapeForLog(kNeighbours), kNeighbours);
}

TEST(LogTextTest, EscapesBytesThatAreNotUtf8) {
  EXPECT_EQ(EscapeForLog("a\xff"
                         "b\xc3"),
            R"(a\xffb\xc3)");
  // A raw C1 byte, and an overlong ESC.
  EXPECT_EQ(EscapeForLog("\x9b\xc0\x9b"), R"(\x9b\xc0\x9b)");
}

TEST(LogTextTest, CutsLongTextAndSaysItsLength) {
  const std::string a256(256, 'a');
  EXPECT_EQ(Text(a256), "\"" + a256 + "\"");
  EXPECT_EQ(Text(a256 + "a"), "\"" + a256 + "...\" (257 bytes)");
  EXPECT_EQ(Text(std::string(65536, 'a')), "\"" + a256 + "...\" (65536 bytes)");
}

TEST(LogTextTest, CutsBetweenCodePoints) {
  const std::string a254(254, 'a');
  // The euro sign would be bytes 255 to 257.
  EXPECT_EQ(Text(a254 + "\u20ac" + "b"), "\"" + a254 + "...\" (258 bytes)");
}

TEST(LogTextTest, ShortensOtherTextToALengthOfTheCallersOwn) {
  EXPECT_EQ(QuoteForLog("abcdef", 3), R"("abc..." (6 bytes))");
  EXPECT_EQ(QuoteForLog("abc", 3), R"("abc")");
}

TEST(LogTextTest, ShowsBinaryAsEscapedBytesWithTheirNumber) {
  EXPECT_EQ(Binary(std::string_view("\0\1abc", 5)), R"(binary "\x00\x01abc" (5 bytes))");
  EXPECT_EQ(Binary("\xff"), R"(binary "\xff" (1 byte))");
  EXPECT_EQ(Binary(""), R"(binary "" (0 bytes))");
  // UTF-8 is not looked for in binary messages.
  EXPECT_EQ(Binary("\u00e9\"\\\n"), R"(binary "\xc3\xa9\"\\\n" (5 bytes))");
}

TEST(LogTextTest, CutsLongBinary) {
  EXPECT_EQ(Binary(std::string(256, 'b')), "binary \"" + std::string(256, 'b') + "\" (256 bytes)");
  EXPECT_EQ(Binary(std::string(300, 'b')),
            "binary \"" + std::string(256, 'b') + "...\" (300 bytes)");
}

TEST(LogTextTest, DoesNotCutOtherText) {
  EXPECT_EQ(EscapeForLog(std::string(1000, 'x')), std::string(1000, 'x'));
  EXPECT_EQ(EscapeForLog("bye\n\"now\""), R"(bye\n\"now\")");
}

}  // namespace
}  // namespace fanfare
