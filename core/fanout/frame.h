// Messages as we send them: WebSocket frames (RFC 6455 section 5.2), unmasked, final, one to a
// message; or events, which are sent as they are.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/message.h"

namespace fanfare {

// The longest header of a frame that we send: two bytes, and eight of extended length.
inline constexpr std::size_t kMaxFrameHeaderBytes = 10;

// The header of one frame, as it goes on the wire; empty for an event stream.
class FrameHeader {
 public:
  explicit FrameHeader(Message message, Format format = Format::kWebSocket);

  std::string_view bytes() const { return {bytes_.data(), size_}; }

 private:
  std::array<char, kMaxFrameHeaderBytes> bytes_{};
  std::size_t size_ = 0;
};

// A frame that we encoded, read back.
struct Frame {
  // Header and payload together.
  std::size_t bytes = 0;
  Message message;
};

// Reads the frame that starts at `data`. Only for frames that we encoded: it trusts the bytes.
Frame ReadFrame(const char* data, Format format = Format::kWebSocket);

}  // namespace fanfare
