#include "core/options.h"

#include <algorithm>
#include <functional>
#include <set>
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

struct Options::Object {
  Object(json of, std::string where) : value(std::move(of)), path(std::move(where)) {}

  json value;
  const std::string path;
  // The names that were asked for, which are those that exist.
  std::set<std::string, std::less<>> known;
  absl::Status status;
  // What was read. Of a section, its object is described when it is asked for.
  std::vector<OptionText> read;
  std::vector<std::pair<std::size_t, Options>> sections;
};

Options::Options(json value, std::string path)
    : object_(std::make_shared<Object>(std::move(value), std::move(path))) {
  json& object = object_->value;
  if (object.is_object()) return;
  if (!object.is_null()) FailAt(object_->path, Expected("an object", object));
  object = json::object();
}

template <class Value>
Value Options::Note(std::string_view name, std::string_view meaning, Value value) {
  object_->read.push_back(
      {.name = std::string(name), .meaning = std::string(meaning), .value = value});
  return value;
}

std::int64_t Options::Int(std::string_view name, std::int64_t fallback, Range range,
                          std::string_view meaning) {
  const json* value = Find(name);
  if (value == nullptr) return Note(name, meaning, fallback);
  if (!IsWithin(*value, range)) {
    FailType(name, absl::StrCat("a whole number from ", range.min, " to ", range.max), *value);
    return fallback;
  }
  return Note(name, meaning, value->get<std::int64_t>());
}

bool Options::Bool(std::string_view name, bool fallback, std::string_view meaning) {
  const json* value = Find(name);
  if (value == nullptr) return Note(name, meaning, fallback);
  if (!value->is_boolean()) {
    FailType(name, "true or false", *value);
    return fallback;
  }
  return Note(name, meaning, value->get<bool>());
}

std::string Options::String(std::string_view name, std::string_view fallback,
                            std::string_view meaning) {
  const json* value = Find(name);
  if (value == nullptr) return Note(name, meaning, std::string(fallback));
  if (!value->is_string()) {
    FailType(name, "a string", *value);
    return std::string(fallback);
  }
  return Note(name, meaning, value->get<std::string>());
}

std::size_t Options::IndexOf(std::string_view name, std::size_t fallback,
                             std::span<const std::string_view> choices, std::string_view meaning) {
  const json* value = Find(name);
  std::size_t index = fallback;
  if (value != nullptr) {
    const auto* text = value->get_ptr<const json::string_t*>();
    const auto choice =
        text == nullptr ? choices.end() : std::find(choices.begin(), choices.end(), *text);
    if (choice == choices.end()) {
      const std::string names =
          absl::StrJoin(choices, ", ", [](std::string* out, auto choice_name) {
            absl::StrAppend(out, "\"", ToAbsl(choice_name), "\"");
          });
      FailType(name, absl::StrCat("one of ", names), *value);
      return fallback;
    }
    index = static_cast<std::size_t>(choice - choices.begin());
  }
  Note(name, meaning, std::string(choices[index]));
  return index;
}

std::vector<std::string> Options::Strings(std::string_view name, std::vector<std::string> fallback,
                                          std::string_view meaning) {
  const json* value = Find(name);
  if (value == nullptr) return Note(name, meaning, std::move(fallback));
  if (value->is_string()) return Note(name, meaning, std::vector{value->get<std::string>()});
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
  return Note(name, meaning, std::move(strings));
}

Options Options::Section(std::string_view name, std::string_view meaning) {
  const json* value = Find(name);
  Options section(value == nullptr ? json() : *value, PathOf(name));
  object_->sections.emplace_back(object_->read.size(), section);
  Note(name, meaning, json());
  return section;
}

json Options::Take(std::string_view name, std::string_view meaning) {
  const json* value = Find(name);
  if (value == nullptr) return json();
  return Note(name, meaning, *value);
}

bool Options::Has(std::string_view name) const {
  return object_->value.contains(name);
}

std::string Options::PathOf(std::string_view name) const {
  const std::string& path = object_->path;
  return path.empty() ? std::string(name) : absl::StrCat(path, ".", ToAbsl(name));
}

void Options::Fail(std::string_view name, std::string_view problem) {
  FailAt(PathOf(name), problem);
}

absl::Status Options::status() const {
  absl::Status status = object_->status;
  for (const auto& [index, section] : object_->sections) status.Update(section.status());
  return status;
}

absl::Status Options::Finish() const {
  if (absl::Status first = status(); !first.ok()) return first;
  for (const auto& [key, value] : object_->value.items()) {
    if (!object_->known.contains(key)) {
      return absl::InvalidArgumentError(AtPath(MemberPath(object_->path, key), UnknownKey(key)));
    }
  }
  for (const auto& [index, section] : object_->sections) {
    if (absl::Status status = section.Finish(); !status.ok()) return status;
  }
  return absl::OkStatus();
}

std::vector<OptionText> Options::Describe() const {
  std::vector<OptionText> texts = object_->read;
  for (const auto& [index, section] : object_->sections) {
    texts[index].members = section.Describe();
  }
  return texts;
}

const json* Options::Find(std::string_view name) {
  object_->known.emplace(name);
  const auto member = object_->value.find(name);
  return member == object_->value.end() ? nullptr : &*member;
}

void Options::FailType(std::string_view name, std::string_view expected, const json& got) {
  Fail(name, Expected(expected, got));
}

void Options::FailAt(std::string_view path, std::string_view problem) {
  absl::Status& status = object_->status;
  if (status.ok()) status = absl::InvalidArgumentError(AtPath(path, problem));
}

std::string Options::UnknownKey(std::string_view key) const {
  const auto& known = object_->known;
  if (known.empty()) return "unknown key; there are none here";
  if (const std::string near = NearName(key, known); !near.empty()) {
    return absl::StrCat("unknown key; did you mean \"", near, "\"?");
  }
  return absl::StrCat("unknown key; known are ", absl::StrJoin(known, ", "));
}

}  // namespace fanfare
