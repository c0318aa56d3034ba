// The little of RFC 6455 framing that a load generator and a floor need: whole, uncompressed
// frames. No fragments, no extensions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace fanfare::bench {

enum class Opcode : std::uint8_t {
  kText = 0x1,
  kBinary = 0x2,
  kClose = 0x8,
  kPing = 0x9,
  kPong = 0xA,
};

// A frame that was found at the start of some bytes; the payload is a view of those bytes.
struct Frame {
  Opcode opcode{};
  std::string_view payload;
  // Header and payload: how far the next frame is.
  std::size_t wire_bytes = 0;
};

// The frame at the start of `bytes`, or nullopt while it is not complete. A masked payload is
// unmasked where it lies, so each frame must be parsed once only.
std::optional<Frame> ParseFrame(std::span<char> bytes);

// Appends an unmasked frame, as servers send them.
void AppendServerFrame(Opcode opcode, std::string_view payload, std::string& out);

// Appends a masked frame, as clients must send them. The mask is a constant: masks protect
// against confused proxies, and there are none on the way from a load generator.
void AppendClientFrame(Opcode opcode, std::string_view payload, std::string& out);

}  // namespace fanfare::bench
