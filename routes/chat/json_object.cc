#include "routes/chat/json_object.h"

#include <utility>

namespace fanfare::chat {
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
