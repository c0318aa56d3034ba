#include "routes/chat/json_reader.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "absl/strings/numbers.h"

namespace fanfare::chat {
namespace {

// Digits enough for a number to be too large for a double, without an exponent.
constexpr std::size_t kDoubleDigits = 308;

bool IsSpace(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

bool FitsDouble(std::string_view number) {
  if (number.size() <= kDoubleDigits && number.find_first_of("eE") == number.npos) return true;
  double value = 0;
  return absl::SimpleAtod({number.data(), number.size()}, &value) && std::isfinite(value);
}

// The value of a hexadecimal digit; 16 if it is none.
unsigned HexValue(char c) {
  if (IsDigit(c)) return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return 16;
}

// The code unit of the four digits that a text begins with; nullopt if it does not.
std::optional<char32_t> CodeUnit(std::string_view text) {
  if (text.size() < 4) return std::nullopt;
  char32_t unit = 0;
  for (const char c : text.substr(0, 4)) {
    const unsigned digit = HexValue(c);
    if (digit == 16) return std::nullopt;
    unit = unit << 4 | digit;
  }
  return unit;
}

bool IsHighSurrogate(char32_t unit) {
  return unit >= 0xD800 && unit < 0xDC00;
}

bool IsLowSurrogate(char32_t unit) {
  return unit >= 0xDC00 && unit < 0xE000;
}

void AppendUtf8(char32_t c, std::string& out) {
  const auto put = [&](char32_t byte) { out += static_cast<char>(byte); };
  if (c < 0x80) {
    put(c);
    return;
  }
  if (c < 0x800) {
    put(0xC0 | c >> 6);
  } else {
    if (c < 0x10000) {
      put(0xE0 | c >> 12);
    } else {
      put(0xF0 | c >> 18);
      put(0x80 | (c >> 12 & 0x3F));
    }
    put(0x80 | (c >> 6 & 0x3F));
  }
  put(0x80 | (c & 0x3F));
}

// Passes over a text, value by value. Each function that returns a bool leaves `at` behind what it
// passed over; or it returns false, and `at` is where the text is wrong.
class Scanner {
 public:
  Scanner(std::string_view text, std::size_t max_depth) : text_(text), max_depth_(max_depth) {}

  std::size_t at() const { return at_; }
  bool is_at_end() const { return at_ == text_.size(); }
  bool is_too_deep() const { return is_too_deep_; }
  // Why the text is wrong, after false.
  std::string_view problem() const { return is_at_end() ? "it ends too early" : problem_; }
  std::string_view From(std::size_t begin) const { return text_.substr(begin, at_ - begin); }

  void Space() {
    while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
  }

  bool Take(char c) {
    if (Next() != c) return false;
    ++at_;
    return true;
  }

  // A member's name and its colon; the name with its quotes is put into `name`.
  bool Name(std::string_view& name) {
    Space();
    const std::size_t begin = at_;
    if (!String()) return false;
    name = From(begin);
    Space();
    return Take(':');
  }

  // A value, with `depth` objects and arrays around it. Those inside it are levels, of which a bit
  // tells whether it is an object.
  bool Value(std::size_t depth, bool any_numbers) {
    const std::size_t outer = depth;
    std::uint64_t are_objects = 0;
    std::string_view name;
    for (;;) {
      Space();
      const char first = Next();
      if (first == '{' || first == '[') {
        if (++depth > max_depth_) return FailTooDeep();
        are_objects = are_objects << 1 | static_cast<std::uint64_t>(first == '{');
        ++at_;
        Space();
        if (Next() != (first == '{' ? '}' : ']')) {
          if (first == '{' && !Name(name)) return false;
          continue;
        }
      } else if (!Scalar(first, any_numbers)) {
        return false;
      }
      // A value has ended, or is empty; now end those that end with it.
      for (;;) {
        if (depth == outer) return true;
        Space();
        const bool is_object = (are_objects & 1) != 0;
        if (Take(',')) {
          if (is_object && !Name(name)) return false;
          break;
        }
        if (!Take(is_object ? '}' : ']')) return false;
        are_objects >>= 1;
        --depth;
      }
    }
  }

 private:
  // NUL at the end, which is nowhere allowed.
  char Next() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  bool FailTooDeep() {
    is_too_deep_ = true;
    return false;
  }

  bool Scalar(char first, bool any_numbers) {
    switch (first) {
      case '"':
        return String();
      case 't':
        return Word("true");
      case 'f':
        return Word("false");
      case 'n':
        return Word("null");
      default:
        return Number(any_numbers);
    }
  }

  bool Word(std::string_view word) {
    return std::ranges::all_of(word, [this](char c) { return Take(c); });
  }

  bool Digits() {
    if (!IsDigit(Next())) return false;
    while (IsDigit(Next())) ++at_;
    return true;
  }

  bool Number(bool any_numbers) {
    const std::size_t begin = at_;
    Take('-');
    if (!Take('0') && !Digits()) return false;
    if (Take('.') && !Digits()) return false;
    if (Take('e') || Take('E')) {
      if (!Take('+')) Take('-');
      if (!Digits()) return false;
    }
    if (any_numbers || FitsDouble(From(begin))) return true;
    at_ = begin;
    problem_ = "a number that is too large";
    return false;
  }

  bool String() {
    if (!Take('"')) return false;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return true;
      }
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (c == '\\' && !Escape()) return false;
    }
    return false;
  }

  // What begins with a backslash, but for its last character.
  bool Escape() {
    constexpr std::string_view kCharacters = "\"\\/bfnrt";
    const std::string_view rest = text_.substr(at_ + 1);
    if (rest.empty()) return false;
    if (rest[0] != 'u') {
      if (kCharacters.find(rest[0]) == kCharacters.npos) return false;
      ++at_;
      return true;
    }
    const std::optional<char32_t> unit = CodeUnit(rest.substr(1));
    if (!unit || IsLowSurrogate(*unit)) return false;
    if (!IsHighSurrogate(*unit)) {
      at_ += 5;
      return true;
    }
    const std::string_view pair = rest.substr(5);
    if (!pair.starts_with("\\u")) return false;
    const std::optional<char32_t> low = CodeUnit(pair.substr(2));
    if (!low || !IsLowSurrogate(*low)) return false;
    at_ += 11;
    return true;
  }

  const std::string_view text_;
  const std::size_t max_depth_;
  std::size_t at_ = 0;
  bool is_too_deep_ = false;
  std::string_view problem_ = "not JSON";
};

JsonValue::Kind KindOf(char first) {
  switch (first) {
    case '{':
      return JsonValue::Kind::kObject;
    case '[':
      return JsonValue::Kind::kArray;
    case '"':
      return JsonValue::Kind::kString;
    case 't':
    case 'f':
      return JsonValue::Kind::kFlag;
    case 'n':
      return JsonValue::Kind::kNull;
    default:
      return JsonValue::Kind::kNumber;
  }
}

bool ScanMembers(Scanner& scanner, std::string_view any_numbers,
                 absl::FunctionRef<void(std::string_view name, const JsonValue& value)> member) {
  scanner.Space();
  if (scanner.Take('}')) return true;
  do {
    std::string_view quoted;
    if (!scanner.Name(quoted)) return false;
    std::string unescaped;
    std::string_view name = quoted.substr(1, quoted.size() - 2);
    if (name.find('\\') != name.npos) {
      unescaped = JsonStringValue(quoted);
      name = unescaped;
    }
    scanner.Space();
    const std::size_t begin = scanner.at();
    if (!scanner.Value(1, !any_numbers.empty() && name == any_numbers)) return false;
    const std::string_view value = scanner.From(begin);
    member(name, {.kind = KindOf(value[0]), .text = value});
    scanner.Space();
  } while (scanner.Take(','));
  return scanner.Take('}');
}

}  // namespace

Error BadJson(std::string_view text, std::size_t offset, std::string_view why) {
  const std::string_view before = text.substr(0, offset);
  const std::size_t line_start = before.rfind('\n') + 1;
  return {.code = ErrorCode::kBadJson,
          .message = "line " + std::to_string(std::ranges::count(before, '\n') + 1) + ", column " +
                     std::to_string(CountCharacters(before.substr(line_start)) + 1) + ": " +
                     std::string(why)};
}

std::optional<Error> ReadJsonObject(
    std::string_view text, const JsonLimits& limits,
    absl::FunctionRef<void(std::string_view name, const JsonValue& value)> member) {
  Scanner scanner(text, limits.nesting);
  scanner.Space();
  const std::size_t begin = scanner.at();
  const bool is_object = scanner.Take('{');
  bool is_right =
      is_object ? ScanMembers(scanner, limits.any_numbers, member) : scanner.Value(0, false);
  scanner.Space();
  is_right = is_right && scanner.is_at_end();
  if (scanner.is_too_deep()) {
    return Error{.code = ErrorCode::kTooDeep,
                 .message = "more than " + std::to_string(limits.nesting) +
                            " objects and arrays are inside each other"};
  }
  if (!is_right) return BadJson(text, scanner.at(), scanner.problem());
  if (!is_object) return BadJson(text, begin, "not an object");
  return std::nullopt;
}

std::string JsonStringValue(std::string_view text) {
  std::string_view rest = text.substr(1, text.size() - 2);
  std::string value;
  for (;;) {
    const std::size_t plain = std::min(rest.find('\\'), rest.size());
    value += rest.substr(0, plain);
    rest.remove_prefix(plain);
    if (rest.empty()) return value;
    constexpr std::string_view kEscapes = "bfnrt";
    constexpr std::string_view kMeanings = "\b\f\n\r\t";
    const char c = rest[1];
    if (c != 'u') {
      const std::size_t escape = kEscapes.find(c);
      value += escape == kEscapes.npos ? c : kMeanings[escape];
      rest.remove_prefix(2);
      continue;
    }
    char32_t unit = CodeUnit(rest.substr(2)).value_or(0);
    rest.remove_prefix(6);
    if (IsHighSurrogate(unit)) {
      const char32_t low = CodeUnit(rest.substr(2)).value_or(0);
      unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
      rest.remove_prefix(6);
    }
    AppendUtf8(unit, value);
  }
}

std::string CompactJson(std::string_view text) {
  std::string json;
  json.reserve(text.size());
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (!in_string && IsSpace(c)) continue;
    json += c;
    if (c == '"') {
      in_string = !in_string;
    } else if (in_string && c == '\\') {
      json += text[++i];
    }
  }
  return json;
}

}  // namespace fanfare::chat
