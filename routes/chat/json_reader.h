// Reads JSON from strangers, with Boost.JSON: checks it, and finds the members of an object in it.
//
// No tree of values is made. A number stays as it was written, however large or exact it is. Never
// throws, and uses no more memory than the text is long, some times over.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "routes/chat/protocol.h"

namespace fanfare::chat {

struct JsonValue {
  enum class Kind { kNull, kFlag, kNumber, kString, kArray, kObject };

  Kind kind = Kind::kNull;
  // What a string says, without its quotes and escapes. Of all else, the JSON, without white space:
  // its numbers as they were written, its strings as JsonString writes them.
  std::string text = {};
};

// What ReadJsonObject is to accept.
struct JsonLimits {
  // How many objects and arrays may be inside each other, the first among them; at most 64.
  std::size_t nesting = 16;
  // The member of the object whose numbers may be of any size. Elsewhere, they must be such that a
  // double holds them.
  std::string_view any_numbers = {};
};

using JsonMember = absl::FunctionRef<void(std::string_view name, JsonValue value)>;

// Checks that `text`, which is UTF-8, is one JSON object, and calls `member` with each of the
// object's members, in their order. After an error, which may come behind members that are right,
// what was read is to be forgotten. The error is kTooDeep, or kBadJson with line and column.
std::optional<Error> ReadJsonObject(std::string_view text, const JsonLimits& limits,
                                    JsonMember member);

}  // namespace fanfare::chat
