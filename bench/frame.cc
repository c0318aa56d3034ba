#include "bench/frame.h"

namespace fanfare::bench {
namespace {

constexpr std::uint8_t kFinal = 0x80;
constexpr std::uint8_t kMasked = 0x80;
constexpr std::uint8_t kLengthIn2Bytes = 126;
constexpr std::uint8_t kLengthIn8Bytes = 127;
constexpr std::string_view kMask = "\x12\x34\x56\x78";

void AppendBigEndian(std::uint64_t value, int bytes, std::string& out) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(value >> shift));
  }
}

void AppendHeader(Opcode opcode, std::size_t length, std::uint8_t masked, std::string& out) {
  out.push_back(static_cast<char>(kFinal | static_cast<std::uint8_t>(opcode)));
  if (length < kLengthIn2Bytes) {
    out.push_back(static_cast<char>(masked | length));
  } else if (length <= 0xFFFF) {
    out.push_back(static_cast<char>(masked | kLengthIn2Bytes));
    AppendBigEndian(length, 2, out);
  } else {
    out.push_back(static_cast<char>(masked | kLengthIn8Bytes));
    AppendBigEndian(length, 8, out);
  }
}

}  // namespace

std::optional<Frame> ParseFrame(std::span<char> bytes) {
  if (bytes.size() < 2) {
    return std::nullopt;
  }
  const auto byte = [bytes](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
  std::size_t header = 2;
  std::uint64_t length = byte(1) & 0x7F;
  const std::size_t extended = length == kLengthIn8Bytes ? 8 : length == kLengthIn2Bytes ? 2 : 0;
  const std::size_t mask_bytes = (byte(1) & kMasked) != 0 ? 4 : 0;
  if (bytes.size() < header + extended + mask_bytes) {
    return std::nullopt;
  }
  if (extended > 0) {
    length = 0;
    for (; header < 2 + extended; ++header) {
      length = length << 8 | byte(header);
    }
  }
  const std::size_t mask_at = header;
  header += mask_bytes;
  if (bytes.size() - header < length) {
    return std::nullopt;
  }
  const std::span<char> payload = bytes.subspan(header, length);
  if (mask_bytes > 0) {
    for (std::size_t i = 0; i < payload.size(); ++i) {
      payload[i] = static_cast<char>(payload[i] ^ bytes[mask_at + i % 4]);
    }
  }
  return Frame{.opcode = static_cast<Opcode>(byte(0) & 0x0F),
               .payload = std::string_view(payload.data(), payload.size()),
               .wire_bytes = header + payload.size()};
}

void AppendServerFrame(Opcode opcode, std::string_view payload, std::string& out) {
  AppendHeader(opcode, payload.size(), 0, out);
  out.append(payload);
}

void AppendClientFrame(Opcode opcode, std::string_view payload, std::string& out) {
  AppendHeader(opcode, payload.size(), kMasked, out);
  out.append(kMask);
  for (std::size_t i = 0; i < payload.size(); ++i) {
    out.push_back(static_cast<char>(payload[i] ^ kMask[i % 4]));
  }
}

}  // namespace fanfare::bench
