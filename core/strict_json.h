// Reads JSON text, strictly: what a person wrote, and what a stranger's token says.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "absl/status/statusor.h"

namespace fanfare {

// Whether there may be comments (`//`, `/* */`).
enum class JsonComments { kAllowed, kRefused };

// Parses a JSON document. Stricter than the JSON library in two ways: a key that occurs twice in
// one object is an error, since the library silently takes the last one, and so is nesting so deep
// that copying the document could overflow the stack.
//
// The error names the line and column where the text is not JSON, or the JSON path of what is
// wrong; it may repeat a part of the text.
absl::StatusOr<nlohmann::json> ParseStrictJson(std::string_view text,
                                               JsonComments comments = JsonComments::kAllowed);

}  // namespace fanfare
