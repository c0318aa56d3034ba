// Whatever a frame or a body is, it is decoded or refused with a reason; and it is JSON exactly if
// another parser says so.
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <variant>

#include "core/check.h"
#include "core/utf8.h"
#include "routes/chat/json_object.h"
#include "routes/chat/json_reader.h"
#include "routes/chat/requests.h"

namespace fanfare::chat {
namespace {

using nlohmann::json;

// What the other parser says of a text. It reads no numbers that a double does not hold: then it
// can not say.
enum class Verdict { kObject, kOther, kUnknown };

Verdict VerdictOf(std::string_view text) {
  constexpr int kNumberOverflow = 406;
  // It passes over a byte order mark, and takes NUL for the end.
  if (text.starts_with("\xEF\xBB\xBF") || text.find('\0') != text.npos) return Verdict::kOther;
  Verdict verdict = Verdict::kOther;
  try {
    if (json::parse(text).is_object()) verdict = Verdict::kObject;
  } catch (const json::exception& problem) {
    if (problem.id == kNumberOverflow) verdict = Verdict::kUnknown;
  }
  return verdict;
}

void CheckContent(const Content& content) {
  FANFARE_CHECK(content.text.size() <= kMaxTextBytes, "text is limited");
  FANFARE_CHECK(content.data.size() <= kMaxDataBytes, "data is limited");
  const std::string event =
      JsonObject().Text("text", content.text).JsonIfAny("data", content.data).Take();
  FANFARE_CHECK(fanfare::IsUtf8(event), "what is sent is UTF-8");
  FANFARE_CHECK(VerdictOf(event) != Verdict::kOther, "what is sent is JSON");
  std::string again;
  const auto error = ReadJsonObject(
      R"({"data":)" + content.data + '}', {.nesting = kMaxNesting, .any_numbers = "data"},
      [&](std::string_view, const JsonValue& value) {
        again = value.kind == JsonValue::Kind::kString ? JsonString(value.text) : value.text;
      });
  FANFARE_CHECK(error.has_value() == content.data.empty(), "data is JSON");
  FANFARE_CHECK(again == content.data, "data is read again as it is sent");
}

void Check(const Publish& publish) {
  CheckContent(publish.content);
  FANFARE_CHECK(IsRoomName(publish.room), "a room's name");
}
void Check(const Edit& edit) {
  CheckContent(edit.content);
}
void Check(const Join& join) {
  FANFARE_CHECK(IsDisplayName(join.name), "a name");
  FANFARE_CHECK(IsRoomName(join.room), "a room's name");
  FANFARE_CHECK(join.history <= kMaxPage, "history is limited");
}
void Check(const React& react) {
  FANFARE_CHECK(IsReactionKey(react.key), "a key");
}
void Check(const Direct& direct) {
  CheckContent({.text = direct.text});
}
void Check(const auto&) {}

void CheckError(const Error& error, std::string_view text) {
  FANFARE_CHECK(!error.message.empty(), "an error says why");
  FANFARE_CHECK(fanfare::IsUtf8(error.message), "an error is UTF-8");
  // An exponent of ten or more digits may be refused, though the other parser takes it.
  const bool is_no_json =
      error.code == ErrorCode::kBadJson && !error.message.ends_with("too large");
  if (is_no_json) FANFARE_CHECK(VerdictOf(text) != Verdict::kObject, "JSON is taken");
}

void CheckFrame(std::string_view frame) {
  const auto decoded = DecodeRequest(frame);
  if (const auto* bad = std::get_if<BadRequest>(&decoded)) {
    CheckError(bad->error, frame);
    FANFARE_CHECK(CountCharacters(bad->id) <= kMaxIdCharacters, "ids are limited");
    return;
  }
  FANFARE_CHECK(VerdictOf(frame) != Verdict::kOther, "nothing but JSON is taken");
  const auto& request = std::get<ChatRequest>(decoded);
  FANFARE_CHECK(CountCharacters(request.id) <= kMaxIdCharacters, "ids are limited");
  std::visit([](const auto& what) { Check(what); }, request.what);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // Frames are checked for UTF-8 before they are decoded; bodies are not.
  if (fanfare::IsUtf8(text)) CheckFrame(text);
  const auto post = DecodePost(text);
  if (const auto* error = std::get_if<Error>(&post)) {
    CheckError(*error, text);
  } else {
    FANFARE_CHECK(VerdictOf(text) != Verdict::kOther, "nothing but JSON is taken");
    CheckContent(std::get<Post>(post).content);
  }
  return 0;
}

}  // namespace fanfare::chat
