// Text in which what matters may be escaped: percent-encoded, or JSON in a string of other JSON.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace fanfare {

// A text, read at any place of it. What is escaped in several ways at once is not resolved.
class EscapedText {
 public:
  // A character, and how many bytes it takes in the text: three where it is percent-encoded, and
  // none behind the end.
  struct Unit {
    char c = '\0';
    std::size_t bytes = 0;
  };

  struct Backslashes {
    std::size_t count = 0;
    // Behind them.
    std::size_t end = 0;
  };

  // The mark at the start or the end of a string. JSON that is a string of other JSON has
  // backslashes before its own: 1, and 3 in a string of that.
  struct Quote {
    char mark = '\0';
    std::size_t backslashes = 0;
    bool is_encoded = false;
    // Behind it.
    std::size_t end = 0;
  };

  explicit EscapedText(std::string_view text) : text_(text) {}

  std::string_view text() const { return text_; }
  std::size_t size() const { return text_.size(); }

  Unit UnitAt(std::size_t at) const;
  Backslashes BackslashesAt(std::size_t at) const;
  // ASCII that is written as \u0074 in a string of JSON, with its backslashes.
  std::optional<Unit> EscapeAt(std::size_t at) const;
  std::optional<Quote> QuoteAt(std::size_t at) const;
  // Behind the white space that is there.
  std::size_t SkipSpace(std::size_t at) const;
  // Where the string ends that begins behind `quote`: the place of the mark that ends it, with its
  // backslashes, or the end of the text.
  std::size_t EndOfString(const Quote& quote) const;

  static bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
  static bool IsQuote(char c) { return c == '"' || c == '\''; }

 private:
  std::string_view text_;
};

}  // namespace fanfare
