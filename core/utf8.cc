#include "core/utf8.h"

namespace fanfare {
namespace {

// A code point takes at most four bytes, so a cut goes back over at most three.
constexpr std::size_t kMaxContinuations = 3;

unsigned char Byte(std::string_view text, std::size_t i) {
  return static_cast<unsigned char>(text[i]);
}

bool IsContinuation(unsigned char byte) {
  return (byte & 0xC0) == 0x80;
}

// How many bytes a code point has that starts with this byte; 0 when none does.
std::size_t LengthAfter(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead < 0xC2) return 0;
  if (lead < 0xE0) return 2;
  if (lead < 0xF0) return 3;
  return lead < 0xF5 ? 4 : 0;
}

// Whether a code point of this value must be written with this many bytes.
bool IsShortest(char32_t value, std::size_t bytes) {
  return bytes == 2 || (bytes == 3 && value >= 0x800) || (bytes == 4 && value >= 0x10000);
}

bool IsScalar(char32_t value) {
  return value <= 0x10FFFF && (value < 0xD800 || value > 0xDFFF);
}

}  // namespace

CodePoint FirstCodePoint(std::string_view text) {
  if (text.empty()) return {};
  const unsigned char lead = Byte(text, 0);
  const std::size_t bytes = LengthAfter(lead);
  if (bytes == 1) return {lead, 1};
  if (bytes == 0 || text.size() < bytes) return {};

  char32_t value = lead & (0x7FU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if (!IsContinuation(Byte(text, i))) return {};
    value = (value << 6) | (Byte(text, i) & 0x3FU);
  }
  if (!IsShortest(value, bytes) || !IsScalar(value)) return {};
  return {value, bytes};
}

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const CodePoint point = FirstCodePoint(text);
    if (point.bytes == 0) return false;
    text.remove_prefix(point.bytes);
  }
  return true;
}

std::string_view CutUtf8(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  for (std::size_t back = 0; back <= kMaxContinuations && back <= max_bytes; ++back) {
    const std::size_t cut = max_bytes - back;
    if (!IsContinuation(Byte(text, cut))) {
      // Only a code point that the cut would split is left out.
      const std::size_t bytes = FirstCodePoint(text.substr(cut)).bytes;
      return text.substr(0, back == 0 || bytes > back ? cut : max_bytes);
    }
  }
  return text.substr(0, max_bytes);
}

}  // namespace fanfare
