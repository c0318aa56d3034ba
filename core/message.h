// A message, as routes send and receive it.
#pragma once

#include <cstdint>
#include <string_view>

namespace fanfare {

// The values are the opcodes of RFC 6455 section 5.2.
enum class MessageType : std::uint8_t { kText = 1, kBinary = 2 };

// How messages are sent.
enum class Format : std::uint8_t {
  // One frame each.
  kWebSocket,
  // text/event-stream (WHATWG HTML, "Server-sent events"): a message is one whole event, sent as it
  // is. It ends with an empty line, and has none before.
  kEventStream,
};

// One whole message; fragments have been joined, and text has been checked to be UTF-8.
//
// A view: the payload belongs to whoever made the message, and lasts for the call that it is passed
// to. Keep a copy of the payload to keep it longer.
struct Message {
  MessageType type = MessageType::kText;
  std::string_view payload;
};

}  // namespace fanfare
