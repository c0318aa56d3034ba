// Reads JSON from strangers: checks it, and finds the members of an object in it.
//
// No tree of values is made, and nothing is copied: a value is a part of the text. So a number
// stays as it was written, however large or exact it is, and reading needs no memory of its own.
// Never throws, and does not call itself.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "routes/chat/protocol.h"

namespace fanfare::chat {

// A value, as it is written.
struct JsonValue {
  enum class Kind { kNull, kFlag, kNumber, kString, kArray, kObject };

  Kind kind = Kind::kNull;
  std::string_view text = {};
};

// What ReadJsonObject is to accept.
struct JsonLimits {
  // How many objects and arrays may be inside each other, the first among them; at most 64.
  std::size_t nesting = 16;
  // The member of the object whose numbers may be of any size. Elsewhere, they must be such that a
  // double holds them.
  std::string_view any_numbers = {};
};

// Checks that `text`, which is UTF-8, is one JSON object, and calls `member` with each of the
// object's members, in their order. After an error, which may come behind members that are right,
// what was read is to be forgotten. The error is kTooDeep, or kBadJson with line and column.
std::optional<Error> ReadJsonObject(
    std::string_view text, const JsonLimits& limits,
    absl::FunctionRef<void(std::string_view name, const JsonValue& value)> member);

// What a string says that ReadJsonObject has found, without its quotes and escapes.
std::string JsonStringValue(std::string_view text);

// A value that ReadJsonObject has found, without the white space around and between its parts. All
// else of it stays as it was written.
std::string CompactJson(std::string_view text);

// What a text that is no JSON is answered with; `offset` is where it can not go on.
Error BadJson(std::string_view text, std::size_t offset, std::string_view why);

}  // namespace fanfare::chat
