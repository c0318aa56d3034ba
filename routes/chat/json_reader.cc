#include "routes/chat/json_reader.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include "absl/strings/numbers.h"
#include "routes/chat/json_object.h"

namespace fanfare::chat {
namespace {

using Kind = JsonValue::Kind;
using boost::json::error_code;

// What the parser calls with each part of the text: makes members of them. The names, and what is
// returned (whether to go on), are the parser's.
class MemberReader {
 public:
  // NOLINTBEGIN(readability-identifier-naming)
  static constexpr auto max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr auto max_array_size = max_object_size;
  static constexpr auto max_key_size = max_object_size;
  static constexpr auto max_string_size = max_object_size;
  // NOLINTEND(readability-identifier-naming)

  MemberReader(std::string_view any_numbers, JsonMember member)
      : any_numbers_(any_numbers), member_(member) {}

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) { return Open(Kind::kObject, "{"); }
  bool on_object_end(std::size_t, error_code&) { return Close('}'); }
  bool on_array_begin(error_code&) { return Open(Kind::kArray, "["); }
  bool on_array_end(std::size_t, error_code&) { return Close(']'); }

  bool on_key_part(std::string_view part, std::size_t, error_code&) { return AddToString(part); }
  bool on_key(std::string_view part, std::size_t, error_code&) {
    AddToString(part);
    std::string name = std::exchange(string_, {});
    if (levels_ == 1) {
      name_ = std::move(name);
    } else {
      Write(JsonString(name));
      value_.text += ':';
    }
    return true;
  }

  bool on_string_part(std::string_view part, std::size_t, error_code&) { return AddToString(part); }
  bool on_string(std::string_view part, std::size_t, error_code&) {
    AddToString(part);
    const std::string text = std::exchange(string_, {});
    return Scalar(Kind::kString, levels_ == 1 ? text : JsonString(text));
  }

  bool on_number_part(std::string_view, error_code&) { return true; }
  bool on_int64(std::int64_t, std::string_view text, error_code&) {
    return Scalar(Kind::kNumber, text);
  }
  bool on_uint64(std::uint64_t, std::string_view text, error_code&) {
    return Scalar(Kind::kNumber, text);
  }
  bool on_double(double value, std::string_view text, error_code& ec) {
    // The parser's own value is not exact, and none at all for 0e999.
    const bool fits = absl::SimpleAtod({text.data(), text.size()}, &value) && std::isfinite(value);
    if (fits || (!any_numbers_.empty() && name_ == any_numbers_)) {
      return Scalar(Kind::kNumber, text);
    }
    ec = boost::json::error::exponent_overflow;
    return false;
  }

  bool on_bool(bool value, error_code&) { return Scalar(Kind::kFlag, value ? "true" : "false"); }
  bool on_null(error_code&) { return Scalar(Kind::kNull, "null"); }
  bool on_comment_part(std::string_view, error_code&) { return true; }
  bool on_comment(std::string_view, error_code&) { return true; }

 private:
  bool AddToString(std::string_view part) {
    string_ += part;
    return true;
  }

  // Adds to the member's value, behind a comma if another value is before it.
  void Write(std::string_view json) {
    std::string& text = value_.text;
    if (!text.empty() && std::string_view("{[:").find(text.back()) == std::string_view::npos) {
      text += ',';
    }
    text += json;
  }

  bool Open(Kind kind, std::string_view bracket) {
    if (levels_ == 1) value_.kind = kind;
    if (levels_++ > 0) Write(bracket);
    return true;
  }

  bool Close(char bracket) {
    if (--levels_ > 0) value_.text += bracket;
    return End();
  }

  bool Scalar(Kind kind, std::string_view text) {
    if (levels_ == 1) value_.kind = kind;
    Write(text);
    return End();
  }

  // A value has ended; it may be a member's.
  bool End() {
    if (levels_ == 1) member_(name_, std::exchange(value_, {}));
    return true;
  }

  const std::string_view any_numbers_;
  const JsonMember member_;
  // How many objects and arrays are open.
  std::size_t levels_ = 0;
  std::string name_;
  JsonValue value_;
  // The string that is being read.
  std::string string_;
};

Error BadJson(std::string_view text, std::size_t offset, std::string_view why) {
  const std::string_view before = text.substr(0, offset);
  const std::size_t line_start = before.rfind('\n') + 1;
  return {.code = ErrorCode::kBadJson,
          .message = "line " + std::to_string(std::ranges::count(before, '\n') + 1) + ", column " +
                     std::to_string(CountCharacters(before.substr(line_start)) + 1) + ": " +
                     std::string(why)};
}

}  // namespace

std::optional<Error> ReadJsonObject(std::string_view text, const JsonLimits& limits,
                                    JsonMember member) {
  boost::json::parse_options options;
  options.max_depth = limits.nesting;
  boost::json::basic_parser<MemberReader> parser(options, limits.any_numbers, member);
  error_code ec;
  const std::size_t at = parser.write_some(false, text.data(), text.size(), ec);
  if (ec == boost::json::error::too_deep) {
    return Error{.code = ErrorCode::kTooDeep,
                 .message = "more than " + std::to_string(limits.nesting) +
                            " objects and arrays are inside each other"};
  }
  if (ec == boost::json::error::incomplete) {
    return BadJson(text, text.size(), "it ends too early");
  }
  if (ec == boost::json::error::exponent_overflow) {
    // Where the number begins, as it was found out behind that.
    const std::size_t before = text.substr(0, at).find_last_not_of("0123456789+-.eE");
    return BadJson(text, before + 1, "a number that is too large");
  }
  if (ec || at < text.size()) return BadJson(text, at, "not JSON");
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (text[begin] != '{') return BadJson(text, begin, "not an object");
  return std::nullopt;
}

}  // namespace fanfare::chat
