// Percent-decoding (RFC 3986 section 2.1) of what peers sent, by Boost.URL.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fanfare {

enum class PlusSign {
  // In a path.
  kIsItself,
  // In a query (application/x-www-form-urlencoded).
  kIsSpace,
};

// Decodes text, which must become UTF-8 without NULs: nothing else is the name or the value of
// anything here. Nothing when it does not, or when an escape is malformed.
std::optional<std::string> PercentDecode(std::string_view text,
                                         PlusSign plus = PlusSign::kIsItself);

}  // namespace fanfare
