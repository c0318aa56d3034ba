#include "routes/chat/members.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "routes/chat/json_object.h"

namespace fanfare::chat {
namespace {

using Kind = JsonValue::Kind;

std::string Quoted(std::string_view name) {
  return '"' + std::string(name) + '"';
}

}  // namespace

Members Members::Of(std::string_view text) {
  Members members;
  members.error_ = ReadJsonObject(
      text, {.nesting = kMaxNesting, .any_numbers = "data"},
      [&](std::string_view name, JsonValue value) { members.Add(name, std::move(value)); });
  members.is_object_ = !members.error_;
  if (!members.is_object_) {
    members.count_ = 0;
  } else if (!members.repeated_.empty()) {
    members.Fail(ErrorCode::kBadFrame, Quoted(members.repeated_) + " is there twice");
  }
  return members;
}

void Members::Fail(ErrorCode code, std::string message) {
  if (!error_) error_ = Error{.code = code, .message = std::move(message)};
}

bool Members::Flag(std::string_view name, bool fallback) {
  const JsonValue* value = Find(name);
  if (value == nullptr) return fallback;
  if (value->kind != Kind::kFlag) FailType(name, "true or false");
  return value->text == "true";
}

const JsonValue* Members::Object(std::string_view name) {
  const JsonValue* value = Find(name);
  if (value != nullptr && value->kind == Kind::kObject) return value;
  FailType(name, "an object");
  return nullptr;
}

std::string Members::Room() {
  std::string room = Text("room");
  if (!error_ && !IsRoomName(room)) {
    Fail(ErrorCode::kBadRoom, "a room's name is 1 to 128 characters of A-Z a-z 0-9 . _ ~ : @ -");
  }
  return room;
}

std::string Members::Name() {
  std::string name = Text("name", kGuest);
  if (!error_ && !IsDisplayName(name)) {
    Fail(ErrorCode::kBadName,
         "a name is 1 to 64 characters, without control characters, not spaces alone");
  }
  return name;
}

std::string Members::MessageText(std::string_view name, bool may_be_absent) {
  std::string text = may_be_absent ? Text(name, "") : Text(name);
  if (text.size() > kMaxTextBytes) {
    Fail(ErrorCode::kTooLarge, Quoted(name) + " is over 16384 bytes");
  }
  return text;
}

Content Members::MessageContent() {
  const JsonValue* data = Find("data");
  Content content{.text = MessageText("text", data != nullptr)};
  if (data == nullptr) return content;
  content.data = data->kind == Kind::kString ? JsonString(data->text) : data->text;
  if (content.data.size() > kMaxDataBytes) {
    Fail(ErrorCode::kTooLarge, "\"data\" is over 16384 bytes");
  }
  return content;
}

void Members::Add(std::string_view name, JsonValue value) {
  const auto* const known = std::ranges::find(kMemberNames, name);
  if (known == kMemberNames.end()) return;
  if (Has(name)) {
    repeated_ = *known;
  } else {
    members_[count_++] = {.name = *known, .value = std::move(value)};
  }
}

const JsonValue* Members::Find(std::string_view name) const {
  for (std::size_t i = 0; i < count_; ++i) {
    if (members_[i].name == name) return &members_[i].value;
  }
  return nullptr;
}

void Members::FailType(std::string_view name, const std::string& expected) {
  Fail(ErrorCode::kBadFrame,
       Quoted(name) + (Has(name) ? " must be " : " is missing; it is ") + expected);
}

std::string Members::TextOr(std::string_view name, const std::string_view* fallback) {
  const JsonValue* value = Find(name);
  if (value == nullptr && fallback != nullptr) return std::string(*fallback);
  if (value != nullptr && value->kind == Kind::kString) return value->text;
  FailType(name, "a string");
  return "";
}

std::uint64_t Members::NumberOr(std::string_view name, std::uint64_t least, std::uint64_t most,
                                const std::uint64_t* fallback) {
  const JsonValue* value = Find(name);
  if (value == nullptr && fallback != nullptr) return *fallback;
  if (value != nullptr && value->kind == Kind::kNumber) {
    std::uint64_t number = 0;
    if (absl::SimpleAtoi(absl::string_view(value->text.data(), value->text.size()), &number) &&
        number >= least && number <= most) {
      return number;
    }
  }
  FailType(name, "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return least;
}

}  // namespace fanfare::chat
