#include "routes/chat/json_object.h"

#include <algorithm>
#include <utility>

namespace fanfare::chat {
namespace {

using nlohmann::json;

// Whether more objects and arrays are inside each other than may be. Of text that is not JSON, it
// says something, too, but never too little: brackets within strings do not count.
bool IsNestedDeeper(std::string_view text, std::size_t max) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > max) return true;
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return false;
}

// Parses for nothing but the place of the error.
class ErrorPlace final : public nlohmann::json_sax<json> {
 public:
  std::size_t bytes_read() const { return bytes_read_; }

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    bytes_read_ = position;
    return false;
  }

 private:
  std::size_t bytes_read_ = 0;
};

// "line 3, column 7", counted in characters from 1, of the last byte that was read; at the end of
// the text one more was.
std::string PlaceOf(std::string_view text, std::size_t bytes_read) {
  const std::string_view before =
      text.substr(0, std::min(bytes_read == 0 ? 0 : bytes_read - 1, text.size()));
  const std::size_t line_start = before.rfind('\n') + 1;
  return "line " + std::to_string(std::ranges::count(before, '\n') + 1) + ", column " +
         std::to_string(CountCharacters(before.substr(line_start)) + 1);
}

}  // namespace

OrError<json> ParseJson(std::string_view text, std::size_t max_nesting) {
  if (IsNestedDeeper(text, max_nesting)) {
    return Error{.code = ErrorCode::kTooDeep,
                 .message = "more than " + std::to_string(max_nesting) +
                            " objects and arrays are inside each other"};
  }
  constexpr bool kThrow = false;
  json value = json::parse(text, nullptr, kThrow);
  if (!value.is_discarded()) return value;
  ErrorPlace place;
  json::sax_parse(text, &place);
  return Error{.code = ErrorCode::kBadJson,
               .message = PlaceOf(text, place.bytes_read()) + ": not JSON"};
}

std::string JsonString(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string json;
  json.reserve(text.size() + 2);
  json += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (c == '\n') {
      json += "\\n";
    } else if (byte < 0x20) {
      json += "\\u00";
      json += kDigits[byte >> 4];
      json += kDigits[byte & 15];
    } else {
      json += c;
    }
  }
  json += '"';
  return json;
}

void JsonObject::Name(std::string_view name) {
  if (json_.size() > 1) json_ += ',';
  json_ += '"';
  json_ += name;
  json_ += "\":";
}

JsonObject& JsonObject::Json(std::string_view name, std::string_view value) {
  Name(name);
  json_ += value;
  return *this;
}

JsonObject& JsonObject::Text(std::string_view name, std::string_view value) {
  return Json(name, JsonString(value));
}

JsonObject& JsonObject::Number(std::string_view name, std::uint64_t value) {
  return Json(name, std::to_string(value));
}

JsonObject& JsonObject::Flag(std::string_view name, bool value) {
  return Json(name, value ? "true" : "false");
}

JsonObject& JsonObject::TextIfAny(std::string_view name, std::string_view value) {
  return value.empty() ? *this : Text(name, value);
}

JsonObject& JsonObject::JsonIfAny(std::string_view name, std::string_view value) {
  return value.empty() ? *this : Json(name, value);
}

std::string JsonObject::Take() {
  json_ += '}';
  return std::move(json_);
}

}  // namespace fanfare::chat
