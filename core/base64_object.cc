#include "core/base64_object.h"

#include <optional>

#include "absl/strings/ascii.h"

namespace fanfare {
namespace {

std::optional<unsigned> SixBits(char c) {
  if (absl::ascii_isupper(static_cast<unsigned char>(c))) return c - 'A';
  if (absl::ascii_islower(static_cast<unsigned char>(c))) return c - 'a' + 26;
  if (absl::ascii_isdigit(static_cast<unsigned char>(c))) return c - '0' + 52;
  if (c == '-') return 62;
  if (c == '_') return 63;
  return std::nullopt;
}

bool IsSpace(unsigned char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// Whether a brace, white space and a quote begin here. White space has no start of another object
// in it, wherever its bytes begin: so all calls for a text together are linear.
bool BeginsWithSpacedObject(std::string_view text) {
  unsigned bits = 0;
  int count = 0;
  std::size_t bytes = 0;
  for (const char c : text) {
    const std::optional<unsigned> six = SixBits(c);
    if (!six) return false;
    bits = (bits << 6 | *six) & 0xFFFF;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    const auto byte = static_cast<unsigned char>(bits >> count);
    if (bytes++ == 0) {
      if (byte != '{') return false;
    } else if (!IsSpace(byte)) {
      return byte == '"' && bytes > 2;
    }
  }
  return false;
}

}  // namespace

std::size_t FindBase64Object(std::string_view text) {
  for (std::size_t at = text.find('e'); at != std::string_view::npos; at = text.find('e', at + 1)) {
    const std::string_view rest = text.substr(at);
    if (rest.starts_with("eyJ") || BeginsWithSpacedObject(rest)) return at;
  }
  return std::string_view::npos;
}

}  // namespace fanfare
