// A path pattern, taken apart.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace fanfare {

// One segment of a pattern: what stands between two slashes.
struct Segment {
  enum class Kind {
    // Takes its own text.
    kLiteral,
    // `{name}`: takes any segment that is not empty.
    kParam,
    // `*`, the last one: takes the rest of the path.
    kRest,
  };

  Kind kind;
  // The literal's text or the parameter's name.
  std::string text;
};

// Takes a pattern apart; "/" is one empty literal. See Router for what a pattern is. An error says
// what is wrong, but does not name the pattern.
absl::StatusOr<std::vector<Segment>> ParsePattern(std::string_view pattern);

}  // namespace fanfare
