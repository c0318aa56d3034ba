#include "core/json_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/ascii.h"
#include "core/log_text.h"

namespace fanfare {
namespace {

// A key or a string may be as long as the document.
constexpr std::size_t kMaxShownBytes = 64;

bool IsPlain(std::string_view key) {
  return !key.empty() && key.size() <= kMaxShownBytes && std::ranges::all_of(key, [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-';
  });
}

}  // namespace

std::string MemberPath(std::string_view object, std::string_view key) {
  std::string path(object);
  if (!IsPlain(key)) return path + "[" + QuoteForLog(key, kMaxShownBytes) + "]";
  if (!path.empty()) path += '.';
  return path.append(key);
}

std::string ElementPath(std::string_view array, std::size_t index) {
  return std::string(array) + "[" + std::to_string(index) + "]";
}

std::string ShowJson(const nlohmann::json& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "an array";
  if (const auto* text = value.get_ptr<const nlohmann::json::string_t*>()) {
    return QuoteForLog(*text, kMaxShownBytes);
  }
  return value.dump();
}

std::string AtPath(std::string_view path, std::string_view problem) {
  if (path.empty()) return std::string(problem);
  return std::string(path) + ": " + std::string(problem);
}

}  // namespace fanfare
