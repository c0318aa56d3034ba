// The members of a frame, or of an object in it, checked as they are read.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "routes/chat/json_reader.h"
#include "routes/chat/protocol.h"
#include "routes/chat/requests.h"

namespace fanfare::chat {

// All members that any frame has, or an object in it.
inline constexpr auto kMemberNames = std::to_array<std::string_view>(
    {"type", "id", "room", "text", "data", "name", "target", "key", "on", "to", "before", "limit",
     "after", "history", "recover", "session", "token", "epoch", "offset"});

// Reads the members of an object. A member that is missing or wrong is noted as the error, if it is
// the first, and read as a default. Thread: one at a time.
class Members {
 public:
  // Finds the members in an object's text; others than kMemberNames are passed over. If the text is
  // none, there are no members, and the error is why.
  static Members Of(std::string_view text);

  bool is_object() const { return is_object_; }
  const std::optional<Error>& error() const { return error_; }
  bool Has(std::string_view name) const { return Find(name) != nullptr; }

  void Fail(ErrorCode code, std::string message);

  std::string Text(std::string_view name) { return TextOr(name, nullptr); }
  std::string Text(std::string_view name, std::string_view fallback) {
    return TextOr(name, &fallback);
  }

  std::uint64_t Number(std::string_view name, std::uint64_t least, std::uint64_t most) {
    return NumberOr(name, least, most, nullptr);
  }
  std::uint64_t Number(std::string_view name, std::uint64_t least, std::uint64_t most,
                       std::uint64_t fallback) {
    return NumberOr(name, least, most, &fallback);
  }

  bool Flag(std::string_view name, bool fallback);
  // A member that is an object; null if it is not.
  const JsonValue* Object(std::string_view name);

  std::string Room();
  std::string Name();
  std::string MessageText(std::string_view name, bool may_be_absent);
  // `text` may be absent if there is `data`.
  Content MessageContent();
  std::uint64_t Target() { return Number("target", 1, kMaxOffset); }

 private:
  struct Member {
    std::string_view name;
    JsonValue value;
  };

  Members() = default;

  void Add(std::string_view name, JsonValue value);
  const JsonValue* Find(std::string_view name) const;
  void FailType(std::string_view name, const std::string& expected);
  std::string TextOr(std::string_view name, const std::string_view* fallback);
  // Digits alone: neither 1.0 nor 1e3 nor -0.
  std::uint64_t NumberOr(std::string_view name, std::uint64_t least, std::uint64_t most,
                         const std::uint64_t* fallback);

  // In their order; each name once.
  std::array<Member, kMemberNames.size()> members_;
  std::size_t count_ = 0;
  // One of those that were there again.
  std::string_view repeated_ = {};
  bool is_object_ = false;
  std::optional<Error> error_;
};

}  // namespace fanfare::chat
