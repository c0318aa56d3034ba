// The one place that knows that library versions differ.
//
// Fanfare builds with Debian 12's Boost 1.81 and Abseil 20220623, and with the Bazel registry's
// Boost 1.90 and Abseil 20260107. Where these differ, the code calls a function of this header.
#pragma once

#include <string_view>

#include "absl/strings/string_view.h"

namespace fanfare {

// Debian's Abseil has a string_view of its own; the registry's is std::string_view.
inline absl::string_view ToAbsl(std::string_view text) {
  return {text.data(), text.size()};
}

// From any library's string view (absl::, boost::core::) to the standard one: Beast's changed its
// type between the two versions.
template <typename View>
std::string_view ToStd(const View& text) {
  return {text.data(), text.size()};
}

}  // namespace fanfare
