#include "core/log_text.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/mask.h"
#include "core/utf8.h"

namespace fanfare {
namespace {

struct CodePoints {
  char32_t first;
  char32_t last;
};

// What a terminal may act upon, or what hides or reorders text. In ascending order.
constexpr CodePoints kUnsafe[] = {
    // DEL and the C1 controls: U+009B starts an escape sequence.
    {0x7F, 0x9F},
    // Soft hyphen, Arabic letter mark: not seen.
    {0xAD, 0xAD},
    {0x61C, 0x61C},
    // Zero width space. The joiners after it stay: scripts and emoji are written with them.
    {0x200B, 0x200B},
    // Left-to-right and right-to-left marks.
    {0x200E, 0x200F},
    // Line and paragraph separators, embeddings and overrides of direction.
    {0x2028, 0x202E},
    // Invisible operators, isolates of direction.
    {0x2060, 0x206F},
    // Byte order mark, annotations, and what is no character.
    {0xFEFF, 0xFEFF},
    {0xFFF9, 0xFFFB},
    {0xFFFE, 0xFFFF},
    // Tags: invisible ASCII.
    {0xE0000, 0xE007F},
};

bool IsUnsafe(char32_t value) {
  const auto* range = std::find_if(std::begin(kUnsafe), std::end(kUnsafe),
                                   [value](CodePoints points) { return value <= points.last; });
  return range != std::end(kUnsafe) && value >= range->first;
}

void AppendByte(std::string& out, char byte) {
  absl::StrAppendFormat(&out, "\\x%02x", static_cast<unsigned char>(byte));
}

// Printable ASCII is kept; true if this was ASCII at all.
bool AppendAscii(std::string& out, char c) {
  switch (c) {
    case '\n':
      out += "\\n";
      return true;
    case '\r':
      out += "\\r";
      return true;
    case '\t':
      out += "\\t";
      return true;
    case '"':
    case '\\':
      out += '\\';
      out += c;
      return true;
    default:
      break;
  }
  const auto byte = static_cast<unsigned char>(c);
  if (byte >= 0x80) return false;
  if (byte < 0x20 || byte == 0x7F) {
    AppendByte(out, c);
  } else {
    out += c;
  }
  return true;
}

// The beginning of a text, without its secrets.
struct Shown {
  std::string text;
  bool is_cut = false;
};

Shown ShownPart(std::string_view text, std::size_t max_bytes) {
  // What is masked becomes shorter; far behind it, nothing is shown.
  constexpr std::size_t kTimes = 4;
  std::string shown = MaskSecrets(CutUtf8(text, kTimes * max_bytes));
  const std::size_t bytes = CutUtf8(shown, max_bytes).size();
  const bool is_cut = bytes < shown.size() || text.size() > kTimes * max_bytes;
  shown.resize(bytes);
  return {.text = std::move(shown), .is_cut = is_cut};
}

std::string EscapeBinary(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char byte : bytes) {
    if (!AppendAscii(out, byte)) AppendByte(out, byte);
  }
  return out;
}

std::string Length(std::size_t bytes) {
  return absl::StrFormat(" (%d %s)", bytes, bytes == 1 ? "byte" : "bytes");
}

std::string Escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    if (AppendAscii(out, text.front())) {
      text.remove_prefix(1);
      continue;
    }
    const CodePoint point = FirstCodePoint(text);
    if (point.bytes == 0) {
      AppendByte(out, text.front());
      text.remove_prefix(1);
      continue;
    }
    if (!IsUnsafe(point.value)) {
      out += text.substr(0, point.bytes);
    } else if (point.value <= 0xFFFF) {
      absl::StrAppendFormat(&out, "\\u%04x", static_cast<unsigned>(point.value));
    } else {
      absl::StrAppendFormat(&out, "\\U%08x", static_cast<unsigned>(point.value));
    }
    text.remove_prefix(point.bytes);
  }
  return out;
}

std::string Quote(std::string_view shown, bool is_cut, std::size_t bytes) {
  return absl::StrCat("\"", Escape(shown), is_cut ? "...\"" : "\"", is_cut ? Length(bytes) : "");
}

}  // namespace

std::string EscapeForLog(std::string_view text) {
  return Escape(MaskSecrets(text));
}

std::string QuoteForLog(std::string_view text, std::size_t max_bytes) {
  const auto [shown, is_cut] = ShownPart(text, max_bytes);
  return Quote(shown, is_cut, text.size());
}

std::string QuoteForLog(Message message) {
  return ShownMessage(message).Quoted();
}

ShownMessage::ShownMessage(Message message) : type_(message.type), bytes_(message.payload.size()) {
  Shown shown = ShownPart(message.payload, kMaxLoggedBytes);
  text_ = std::move(shown.text);
  is_cut_ = shown.is_cut;
}

std::string ShownMessage::Quoted() const {
  if (type_ == MessageType::kText) return Quote(text_, is_cut_, bytes_);
  return absl::StrCat("binary \"", EscapeBinary(text_), is_cut_ ? "...\"" : "\"", Length(bytes_));
}

}  // namespace fanfare
