// Writes JSON objects.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fanfare::chat {

// Writes one object, member by member, in one string and without a tree of values:
//
//   JsonObject().Text("type", "ack").Number("offset", 58).Take()
class JsonObject {
 public:
  JsonObject& Text(std::string_view name, std::string_view value);
  JsonObject& Number(std::string_view name, std::uint64_t value);
  JsonObject& Flag(std::string_view name, bool value);
  // A value that is JSON already.
  JsonObject& Json(std::string_view name, std::string_view value);

  // The same, if there is something to say.
  JsonObject& TextIfAny(std::string_view name, std::string_view value);
  JsonObject& JsonIfAny(std::string_view name, std::string_view value);

  // The object; nothing is added after it.
  std::string Take();

 private:
  void Name(std::string_view name);

  std::string json_ = "{";
};

// A string of JSON, as short as can be, which is UTF-8 if `text` is.
std::string JsonString(std::string_view text);

// An array of values that are JSON already.
template <typename Values>
std::string JsonArray(const Values& values) {
  std::string json = "[";
  for (const std::string& value : values) {
    if (json.size() > 1) json += ',';
    json += value;
  }
  json += ']';
  return json;
}

}  // namespace fanfare::chat
