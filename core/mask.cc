#include "core/mask.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "absl/strings/ascii.h"
#include "core/base64_object.h"
#include "core/escaped_text.h"

namespace fanfare {
namespace {

constexpr std::string_view kMask = "***";
constexpr std::string_view kBearer = "bearer";
constexpr std::string_view kBearerPrefix = "bearer.";

// In lower case.
constexpr std::array<std::string_view, 7> kSecretWords = {
    "token", "key", "secret", "password", "passwd", "authorization", "cookie"};
// Their values may have quotes in them.
constexpr std::array<std::string_view, 2> kHeaderWords = {"authorization", "cookie"};

// `[0]` and the like, behind a name.
constexpr std::size_t kMaxIndexBytes = 64;

bool IsWordCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '.';
}

// Of RFC 6750's b64token, in which bearer tokens are written.
bool IsTokenCharacter(char c) {
  return IsWordCharacter(c) || c == '~' || c == '+' || c == '/' || c == '=';
}

template <std::size_t N>
bool HasOneOf(std::string_view name, const std::array<std::string_view, N>& words) {
  return std::ranges::any_of(
      words, [name](std::string_view word) { return name.find(word) != std::string_view::npos; });
}

class Masker {
 public:
  explicit Masker(std::string_view text) : text_(text) { out_.reserve(text.size()); }

  std::string Run() {
    while (at_ < text_.size()) {
      const std::size_t end = ReadWord();
      if (end > at_) {
        PassWord(end);
      } else {
        Pass(std::max(text_.BackslashesAt(at_).end, at_ + text_.UnitAt(at_).bytes));
      }
    }
    return std::move(out_);
  }

 private:
  using Unit = EscapedText::Unit;
  using Quote = EscapedText::Quote;

  // Copies what comes before `end`.
  void Pass(std::size_t end) {
    out_ += text_.text().substr(at_, end - at_);
    at_ = end;
  }
  void MaskTo(std::size_t end) {
    if (end == at_) return;
    out_ += kMask;
    at_ = end;
  }

  // Reads the word that begins here into `word_` and `name_`; returns its end.
  std::size_t ReadWord() {
    word_.clear();
    is_plain_ = true;
    std::size_t end = at_;
    while (end < text_.size()) {
      Unit unit = text_.UnitAt(end);
      if (unit.c == '\\') {
        const std::optional<Unit> escaped = text_.EscapeAt(end);
        if (!escaped) break;
        unit = *escaped;
      }
      if (!IsWordCharacter(unit.c)) break;
      word_ += unit.c;
      is_plain_ = is_plain_ && unit.bytes == 1;
      end += unit.bytes;
    }
    name_ = absl::AsciiStrToLower({word_.data(), word_.size()});
    return end;
  }

  void PassWord(std::size_t end) {
    if (const auto start = TokenStart(end)) {
      // Where in the text it starts is only known of a word without escapes.
      if (is_plain_) Pass(at_ + *start);
      return MaskTo(end);
    }
    if (const std::size_t bearer = name_.find(kBearerPrefix); bearer != std::string::npos) {
      if (is_plain_) Pass(at_ + bearer + kBearerPrefix.size());
      return MaskTo(EndOfToken(end));
    }
    Pass(end);
    if (name_.ends_with(kBearer)) return PassBearer();
    if (HasOneOf(name_, kSecretWords)) PassValue();
  }

  // Where in the word a JSON Web Token starts.
  std::optional<std::size_t> TokenStart(std::size_t end) const {
    const std::string_view word = word_;
    const std::size_t start = FindBase64Object(word);
    if (start == std::string_view::npos) return std::nullopt;
    const auto dots = std::ranges::count(word.substr(start), '.');
    if (dots >= 2) return start;
    // What comes before the payload is a header, whatever it looks like.
    if (dots == 1 && start >= 2 && word[start - 1] == '.') {
      const std::size_t before = word.rfind('.', start - 2);
      return before == std::string_view::npos ? 0 : before + 1;
    }
    if (end == text_.size()) return start;
    return std::nullopt;
  }

  std::size_t EndOfToken(std::size_t at) const {
    for (Unit unit = text_.UnitAt(at); unit.bytes > 0 && IsTokenCharacter(unit.c);
         unit = text_.UnitAt(at)) {
      at += unit.bytes;
    }
    return at;
  }

  void PassBearer() {
    std::size_t token = at_;
    for (Unit unit = text_.UnitAt(token); EscapedText::IsSpace(unit.c) || unit.c == '+';
         unit = text_.UnitAt(token)) {
      token += unit.bytes;
    }
    if (token == at_) return;
    Pass(token);
    MaskTo(EndOfToken(token));
  }

  // Behind what follows a name in `keys[]=`, `keys[0]=` and `user[key]=`.
  std::size_t SkipIndex(std::size_t at) const {
    const std::size_t last = at + kMaxIndexBytes;
    bool inside = false;
    for (Unit unit = text_.UnitAt(at); at < last; unit = text_.UnitAt(at)) {
      if (unit.c == '[' || unit.c == ']') {
        inside = unit.c == '[';
      } else if (!inside || !IsWordCharacter(unit.c)) {
        break;
      }
      at += unit.bytes;
    }
    return at;
  }

  // Behind the name of a secret: what follows, if it is a value, is masked.
  void PassValue() {
    std::size_t at = at_;
    const std::optional<Quote> key_quote = text_.QuoteAt(at);
    if (key_quote) at = key_quote->end;
    at = text_.SkipSpace(SkipIndex(at));
    const Unit separator = text_.UnitAt(at);
    if (separator.bytes == 0 || (separator.c != ':' && separator.c != '=')) return;
    at = text_.SkipSpace(at + separator.bytes);
    Pass(at);
    if (const std::optional<Quote> quote = text_.QuoteAt(at)) {
      Pass(quote->end);
      return MaskTo(text_.EndOfString(*quote));
    }
    if (separator.c == '=') return MaskTo(EndOfQueryValue(separator.bytes > 1));
    if (!key_quote) return MaskTo(EndOfHeader());
    const char first = text_.UnitAt(at).c;
    MaskTo(first == '{' || first == '[' ? EndOfNested(*key_quote) : EndOfScalar());
  }

  // Behind an object or array, whose strings have marks like this one.
  std::size_t EndOfNested(const Quote& quote) const {
    std::size_t depth = 0;
    for (std::size_t at = at_; at < text_.size();) {
      if (const std::optional<Quote> begin = text_.QuoteAt(at);
          begin && begin->mark == quote.mark) {
        // A mark of the string that all of this stands in.
        if (begin->backslashes < quote.backslashes) return at;
        const std::size_t mark = text_.EndOfString(*begin);
        const std::optional<Quote> end = text_.QuoteAt(mark);
        if (!end || end->backslashes < begin->backslashes) return mark;
        at = end->end;
        continue;
      }
      // What is no JSON may have backslashes here.
      at = text_.BackslashesAt(at).end;
      const Unit unit = text_.UnitAt(at);
      if (unit.c == '{' || unit.c == '[') ++depth;
      if (unit.c == '}' || unit.c == ']') --depth;
      at += unit.bytes;
      if (depth == 0) return at;
    }
    return text_.size();
  }

  // A number, true, false or null.
  std::size_t EndOfScalar() const {
    std::size_t at = at_;
    for (Unit unit = text_.UnitAt(at); unit.bytes > 0 && IsTokenCharacter(unit.c);
         unit = text_.UnitAt(at)) {
      at += unit.bytes;
    }
    return at;
  }

  std::size_t EndOfQueryValue(bool is_encoded) const {
    for (std::size_t at = at_; at < text_.size();) {
      const Unit unit = text_.UnitAt(at);
      if (text_.text()[at] == '&' || (is_encoded && unit.c == '&') ||
          EscapedText::IsSpace(text_.text()[at]) || text_.text()[at] == '"') {
        return at;
      }
      // The string that this stands in ends.
      const std::size_t behind = text_.BackslashesAt(at).end;
      if (behind > at && EscapedText::IsQuote(text_.UnitAt(behind).c)) return at;
      at = std::max(behind, at + unit.bytes);
    }
    return text_.size();
  }

  std::size_t EndOfHeader() const {
    const bool may_have_quotes = HasOneOf(name_, kHeaderWords);
    const std::size_t end = text_.text().find_first_of(may_have_quotes ? "\r\n" : "\r\n\"", at_);
    return std::min(end, text_.size());
  }

  const EscapedText text_;
  std::size_t at_ = 0;
  std::string out_;
  // The word at hand, with its escapes resolved; whether it had none; and in lower case.
  std::string word_;
  bool is_plain_ = true;
  std::string name_;
};

}  // namespace

std::string MaskSecrets(std::string_view text) {
  return Masker(text).Run();
}

}  // namespace fanfare
