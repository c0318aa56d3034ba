#include "core/escaped_text.h"

#include <algorithm>

#include "absl/strings/ascii.h"

namespace fanfare {
namespace {

constexpr std::size_t kHexDigits = 4;

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = absl::ascii_tolower(static_cast<unsigned char>(c));
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Whether a mark with so many backslashes before it ends a string whose own marks have `of`.
bool Ends(std::size_t backslashes, std::size_t of) {
  for (; of > 0; of = (of - 1) / 2) {
    // The string that the whole of it stands in has ended.
    if (backslashes % 2 == 0) return true;
    backslashes = (backslashes - 1) / 2;
  }
  return backslashes % 2 == 0;
}

}  // namespace

EscapedText::Unit EscapedText::UnitAt(std::size_t at) const {
  if (at >= text_.size()) return {};
  if (text_[at] == '%' && at + 2 < text_.size()) {
    const int high = HexValue(text_[at + 1]);
    const int low = HexValue(text_[at + 2]);
    if (high >= 0 && low >= 0) return {.c = static_cast<char>(high * 16 + low), .bytes = 3};
  }
  return {.c = text_[at], .bytes = 1};
}

EscapedText::Backslashes EscapedText::BackslashesAt(std::size_t at) const {
  Backslashes run{.end = at};
  for (Unit unit = UnitAt(at); unit.c == '\\'; unit = UnitAt(run.end)) {
    ++run.count;
    run.end += unit.bytes;
  }
  return run;
}

std::optional<EscapedText::Unit> EscapedText::EscapeAt(std::size_t at) const {
  const Backslashes before = BackslashesAt(at);
  const std::size_t end = before.end + 1 + kHexDigits;
  if (before.count == 0 || end > text_.size() || text_[before.end] != 'u') return std::nullopt;
  int value = 0;
  for (const char c : text_.substr(before.end + 1, kHexDigits)) {
    if (HexValue(c) < 0) return std::nullopt;
    value = value * 16 + HexValue(c);
  }
  if (value > 0x7F) return std::nullopt;
  return Unit{.c = static_cast<char>(value), .bytes = end - at};
}

std::optional<EscapedText::Quote> EscapedText::QuoteAt(std::size_t at) const {
  const Backslashes before = BackslashesAt(at);
  const Unit unit = UnitAt(before.end);
  if (!IsQuote(unit.c)) return std::nullopt;
  return Quote{.mark = unit.c,
               .backslashes = before.count,
               .is_encoded = unit.bytes > 1,
               .end = before.end + unit.bytes};
}

std::size_t EscapedText::SkipSpace(std::size_t at) const {
  for (Unit unit = UnitAt(at); unit.bytes > 0 && IsSpace(unit.c); unit = UnitAt(at)) {
    at += unit.bytes;
  }
  return at;
}

std::size_t EscapedText::EndOfString(const Quote& quote) const {
  std::size_t backslashes = 0;
  std::size_t bytes_of_backslash = 1;
  for (std::size_t at = quote.end; at < text_.size();) {
    // In a string that is not encoded, %22 is no mark.
    const Unit unit = quote.is_encoded ? UnitAt(at) : Unit{.c = text_[at], .bytes = 1};
    if (unit.c == '\\') {
      ++backslashes;
      bytes_of_backslash = unit.bytes;
    } else if (unit.c == quote.mark && Ends(backslashes, quote.backslashes)) {
      return at - std::min(backslashes, quote.backslashes) * bytes_of_backslash;
    } else {
      backslashes = 0;
    }
    at += unit.bytes;
  }
  return text_.size();
}

}  // namespace fanfare
