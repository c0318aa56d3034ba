#include "routes/chat/json_object.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace fanfare::chat {
namespace {

// Whether a character can not be in a string of JSON as it is (RFC 8259 section 7).
bool IsEscaped(char c) {
  return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
}

void AppendEscape(char c, std::string& json) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  constexpr std::string_view kShort = "\"\\\b\f\n\r\t";
  constexpr std::string_view kLetters = "\"\\bfnrt";
  json += '\\';
  if (const std::size_t i = kShort.find(c); i != kShort.npos) {
    json += kLetters[i];
  } else {
    json += "u00";
    json += kDigits[static_cast<unsigned char>(c) >> 4];
    json += kDigits[static_cast<unsigned char>(c) & 15];
  }
}

void AppendString(std::string_view text, std::string& json) {
  json += '"';
  for (;;) {
    const auto* const escaped = std::ranges::find_if(text, IsEscaped);
    const auto plain = static_cast<std::size_t>(escaped - text.begin());
    json += text.substr(0, plain);
    if (escaped == text.end()) break;
    AppendEscape(*escaped, json);
    text.remove_prefix(plain + 1);
  }
  json += '"';
}

}  // namespace

std::string JsonString(std::string_view text) {
  std::string json;
  json.reserve(text.size() + 2);
  AppendString(text, json);
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
  Name(name);
  AppendString(value, json_);
  return *this;
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
