// Reads one JSON object of the configuration, strictly.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace fanfare {

// An option as it was read, for a person.
struct OptionText {
  std::string name;
  // What it is for; may be empty.
  std::string meaning;
  // Its value, or its default; unless it is an object with these members.
  nlohmann::json value = nullptr;
  std::vector<OptionText> members = {};
};

// A JSON object whose members are read one by one, each with its default, its range and what it is
// for:
//
//   Options options(json, "routes[0].options");
//   const auto rooms = options.Int("max_rooms", 1000, {.min = 1, .max = 1'000'000},
//                                  "how many rooms there may be");
//   if (absl::Status status = options.Finish(); !status.ok()) return status;
//
// A member that has the wrong type or is out of range, or that nobody read (so: a typing error), is
// an error; Finish returns the first one, naming its JSON path ("routes[0].options.max_rooms").
// A getter that finds an error returns the default, so that a reader needs a single check at its
// end.
//
// Thread: one at a time. Lifetime: sections stay valid without the object that they are of.
class Options {
 public:
  struct Range {
    std::int64_t min;
    std::int64_t max;
  };

  // `path` names this object in errors; empty for the whole document. Any value but an object is an
  // error; a null stands for an empty object.
  explicit Options(nlohmann::json value, std::string path);

  // A whole number in the range, both ends included; 1.0 is not one.
  std::int64_t Int(std::string_view name, std::int64_t fallback, Range range,
                   std::string_view meaning = {});
  bool Bool(std::string_view name, bool fallback, std::string_view meaning = {});
  std::string String(std::string_view name, std::string_view fallback,
                     std::string_view meaning = {});
  // One of these strings.
  template <typename T, std::size_t N>
  T Choice(std::string_view name, T fallback,
           const std::array<std::pair<std::string_view, T>, N>& choices,
           std::string_view meaning = {}) {
    std::array<std::string_view, N> names;
    std::size_t of_fallback = 0;
    for (std::size_t i = 0; i < N; ++i) {
      names[i] = choices[i].first;
      if (choices[i].second == fallback) of_fallback = i;
    }
    return choices[IndexOf(name, of_fallback, names, meaning)].second;
  }
  // An array of strings; one string stands for an array of it alone.
  std::vector<std::string> Strings(std::string_view name, std::vector<std::string> fallback,
                                   std::string_view meaning = {});
  // A nested object. What is wrong in it, Finish of this one says, too.
  Options Section(std::string_view name, std::string_view meaning = {});
  // Any value, unchecked; a null when it is not there.
  nlohmann::json Take(std::string_view name, std::string_view meaning = {});

  // Whether a member is there; this does not read it.
  bool Has(std::string_view name) const;
  // The JSON path of a member.
  std::string PathOf(std::string_view name) const;
  // Notes an error that the caller found in a member's value: what is wrong, and what was expected.
  void Fail(std::string_view name, std::string_view problem);

  // The first error that was noted so far, if any.
  absl::Status status() const;
  // The first error, if any; a member that nobody read is one.
  absl::Status Finish() const;

  // What was read so far, in that order.
  std::vector<OptionText> Describe() const;

 private:
  // The index of a string member's value in `choices`; `fallback` if it is not there or wrong.
  std::size_t IndexOf(std::string_view name, std::size_t fallback,
                      std::span<const std::string_view> choices, std::string_view meaning);
  // The member, if it is there; from now on it counts as read.
  const nlohmann::json* Find(std::string_view name);
  // What came of reading a member: for Describe.
  template <class Value>
  Value Note(std::string_view name, std::string_view meaning, Value value);
  void FailType(std::string_view name, std::string_view expected, const nlohmann::json& got);
  void FailAt(std::string_view path, std::string_view problem);
  std::string UnknownKey(std::string_view key) const;

  // Shared with whoever has this object as a section of theirs.
  struct Object;
  std::shared_ptr<Object> object_;
};

}  // namespace fanfare
