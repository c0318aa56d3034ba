#include "core/options.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/compat.h"
#include "core/json_text.h"
#include "core/near_name.h"

namespace fanfare {
namespace {

using nlohmann::json;

std::string Expected(std::string_view expected, const json& got) {
  return absl::StrCat("expected ", ToAbsl(expected), ", got ", ShowJson(got));
}

// Whether a number is whole and in the range. The library keeps what is above the largest signed
// number as an unsigned one, and what is beyond that too as a floating-point one.
bool IsWithin(const json& value, Options::Range range) {
  if (const auto* number = value.get_ptr<const json::number_unsigned_t*>()) {
    return std::cmp_greater_equal(*number, range.min) && std::cmp_less_equal(*number, range.max);
  }
  if (const auto* number = value.get_ptr<const json::number_integer_t*>()) {
    return *number >= range.min && *number <= range.max;
  }
  return false;
}

}  // namespace

Options::Options(json value, std::string path) : value_(std::move(value)), path_(std::move(path)) {
  if (value_.is_object()) return;
  if (!value_.is_null()) FailAt(path_, Expected("an object", value_));
  value_ = json::object();
}

std::int64_t Options::Int(std::string_view name, std::int64_t fallback, Range range) {
  const json* value = Find(name);
  if (value == nullptr) return fallback;
  if (!IsWithin(*value, range)) {
    FailType(name, absl::StrCat("a whole number from ", range.min, " to ", range.max), *value);
    return fallback;
  }
  return value->get<std::int64_t>();
}

bool Options::Bool(std::string_view name, bool fallback) {
  const json* value = Find(name);
  if (value == nullptr) return fallback;
  if (!value->is_boolean()) {
    FailType(name, "true or false", *value);
    return fallback;
  }
  return value->get<bool>();
}

std::string Options::String(std::string_view name, std::string_view fallback) {
  const json* value = Find(name);
  if (value == nullptr) return std::string(fallback);
  if (!value->is_string()) {
    FailType(name, "a string", *value);
    return std::string(fallback);
  }
  return value->get<std::string>();
}

std::size_t Options::IndexOf(std::string_view name, std::span<const std::string_view> choices) {
  const json* value = Find(name);
  if (value == nullptr) return choices.size();
  const auto* text = value->get_ptr<const json::string_t*>();
  const auto choice =
      text == nullptr ? choices.end() : std::find(choices.begin(), choices.end(), *text);
  if (choice == choices.end()) {
    const std::string names = absl::StrJoin(choices, ", ", [](std::string* out, auto choice_name) {
      absl::StrAppend(out, "\"", ToAbsl(choice_name), "\"");
    });
    FailType(name, absl::StrCat("one of ", names), *value);
  }
  return static_cast<std::size_t>(choice - choices.begin());
}

std::vector<std::string> Options::Strings(std::string_view name,
                                          std::vector<std::string> fallback) {
  const json* value = Find(name);
  if (value == nullptr) return fallback;
  if (value->is_string()) return {value->get<std::string>()};
  if (!value->is_array()) {
    FailType(name, "an array of strings", *value);
    return fallback;
  }
  std::vector<std::string> strings;
  for (const json& element : *value) {
    if (!element.is_string()) {
      FailAt(ElementPath(PathOf(name), strings.size()), Expected("a string", element));
      return fallback;
    }
    strings.push_back(element.get<std::string>());
  }
  return strings;
}

json Options::Take(std::string_view name) {
  const json* value = Find(name);
  return value == nullptr ? json() : *value;
}

bool Options::Has(std::string_view name) const {
  return value_.contains(name);
}

std::string Options::PathOf(std::string_view name) const {
  return path_.empty() ? std::string(name) : absl::StrCat(path_, ".", ToAbsl(name));
}

void Options::Fail(std::string_view name, std::string_view problem) {
  FailAt(PathOf(name), problem);
}

absl::Status Options::Finish() const {
  if (!status_.ok()) return status_;
  for (const auto& [key, value] : value_.items()) {
    if (!known_.contains(key)) {
      return absl::InvalidArgumentError(AtPath(MemberPath(path_, key), UnknownKey(key)));
    }
  }
  return absl::OkStatus();
}

const json* Options::Find(std::string_view name) {
  known_.emplace(name);
  const auto member = value_.find(name);
  return member == value_.end() ? nullptr : &*member;
}

void Options::FailType(std::string_view name, std::string_view expected, const json& got) {
  Fail(name, Expected(expected, got));
}

void Options::FailAt(std::string_view path, std::string_view problem) {
  if (status_.ok()) status_ = absl::InvalidArgumentError(AtPath(path, problem));
}

std::string Options::UnknownKey(std::string_view key) const {
  if (known_.empty()) return "unknown key; there are none here";
  if (const std::string near = NearName(key, known_); !near.empty()) {
    return absl::StrCat("unknown key; did you mean \"", near, "\"?");
  }
  return absl::StrCat("unknown key; known are ", absl::StrJoin(known_, ", "));
}

}  // namespace fanfare
