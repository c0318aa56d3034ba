// How the log shows what peers sent.
//
// A peer chooses these bytes, and somebody's terminal prints them: nothing of them may move the
// cursor, start a line that looks like the server's own, or reorder or hide what stands around it.
// And what is secret in them, such as a token, is nobody's business: see mask.h.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/message.h"

namespace fanfare {

// The log shows this much of a message: enough to recognise a chat line, and a flood of large
// messages does not fill the disk.
inline constexpr std::size_t kMaxLoggedBytes = 256;

// A message as the log shows it, on one line:
//
//   "teste"
//   "two\nlines, and a \"quote\""      escaped: quotes, backslashes, control characters
//   "aaaaaaaa..." (65536 bytes)        above kMaxLoggedBytes: its beginning and its length
//   binary "\x00\x01abc" (5 bytes)     all but printable ASCII is escaped
//
// In text, UTF-8 is kept readable; \u202e stands for a code point that a terminal may act upon (C1
// controls, line separators, changes of direction) or that can not be seen, \xff for a byte that is
// not UTF-8.
std::string QuoteForLog(Message message);

// The same for other text, such as a value of the configuration.
std::string QuoteForLog(std::string_view text, std::size_t max_bytes = kMaxLoggedBytes);

// What the log shows of a message: its beginning, without its secrets. For those who show it in two
// ways, and look for secrets in it once.
class ShownMessage {
 public:
  explicit ShownMessage(Message message);

  // With nothing in it escaped.
  const std::string& text() const { return text_; }
  // As QuoteForLog shows it.
  std::string Quoted() const;

 private:
  MessageType type_;
  // Of the whole message.
  std::size_t bytes_;
  std::string text_;
  bool is_cut_ = false;
};

// Other text of a peer, such as a close reason: escaped like a text message, but without quotes
// around it, and not cut.
std::string EscapeForLog(std::string_view text);

}  // namespace fanfare
