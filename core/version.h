// Which Fanfare this is.
#pragma once

#include <string_view>

namespace fanfare {

// Semantic versioning (semver.org); MODULE.bazel has the same.
inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace fanfare
