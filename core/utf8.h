// Reads UTF-8, code point by code point.
#pragma once

#include <cstddef>
#include <string_view>

namespace fanfare {

// One code point of a text, and how many bytes it takes there.
struct CodePoint {
  char32_t value = 0;
  // 0 where the bytes are not UTF-8.
  std::size_t bytes = 0;
};

// The first code point of a text. RFC 3629's UTF-8: no surrogates, no overlong forms, nothing above
// U+10FFFF. Of an empty text, and where the text is not UTF-8, a CodePoint of 0 bytes.
CodePoint FirstCodePoint(std::string_view text);

bool IsUtf8(std::string_view text);

// The longest beginning of a text that has at most `max_bytes` and cuts no code point in two. Where
// the text is not UTF-8 there is nothing to keep whole, and it is cut at `max_bytes`.
std::string_view CutUtf8(std::string_view text, std::size_t max_bytes);

}  // namespace fanfare
