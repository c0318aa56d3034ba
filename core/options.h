// Reads one JSON object of the configuration, strictly.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace fanfare {

// A JSON object whose members are read one by one, each with its default and its range:
//
//   Options options(json, "routes[0].options");
//   const auto rooms = options.Int("max_rooms", 1000, {.min = 1, .max = 1'000'000});
//   if (absl::Status status = options.Finish(); !status.ok()) return status;
//
// A member that has the wrong type or is out of range, or that nobody read (so: a typing error), is
// an error; Finish returns the first one, naming its JSON path ("routes[0].options.max_rooms").
// A getter that finds an error returns the default, so that a reader needs a single check at its
// end.
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
  std::int64_t Int(std::string_view name, std::int64_t fallback, Range range);
  bool Bool(std::string_view name, bool fallback);
  std::string String(std::string_view name, std::string_view fallback);
  // One of these strings.
  template <typename T, std::size_t N>
  T Choice(std::string_view name, T fallback,
           const std::array<std::pair<std::string_view, T>, N>& choices) {
    std::array<std::string_view, N> names;
    for (std::size_t i = 0; i < N; ++i) names[i] = choices[i].first;
    const std::size_t index = IndexOf(name, names);
    return index < N ? choices[index].second : fallback;
  }
  // An array of strings; one string stands for an array of it alone.
  std::vector<std::string> Strings(std::string_view name, std::vector<std::string> fallback);
  // Any value, unchecked, such as a nested object or array; a null when it is not there.
  nlohmann::json Take(std::string_view name);

  // Whether a member is there; this does not read it.
  bool Has(std::string_view name) const;
  // The JSON path of a member.
  std::string PathOf(std::string_view name) const;
  // Notes an error that the caller found in a member's value: what is wrong, and what was expected.
  void Fail(std::string_view name, std::string_view problem);

  // The first error that was noted so far, if any.
  const absl::Status& status() const { return status_; }
  // The first error, if any; a member that nobody read is one.
  absl::Status Finish() const;

 private:
  // The index of a string member's value in `choices`; their number if it is not there or wrong.
  std::size_t IndexOf(std::string_view name, std::span<const std::string_view> choices);
  // The member, if it is there; from now on it counts as read.
  const nlohmann::json* Find(std::string_view name);
  void FailType(std::string_view name, std::string_view expected, const nlohmann::json& got);
  void FailAt(std::string_view path, std::string_view problem);
  std::string UnknownKey(std::string_view key) const;

  nlohmann::json value_;
  std::string path_;
  // The names that were asked for, which are those that exist.
  std::set<std::string, std::less<>> known_;
  absl::Status status_;
};

}  // namespace fanfare
