#include "core/fanout/frame.h"

namespace fanfare {
namespace {

constexpr std::uint8_t kFinal = 0x80;
constexpr std::uint8_t kOpcodeMask = 0x0f;
// A length that does not fit seven bits is announced by one of these and follows in two or eight
// bytes.
constexpr std::uint8_t kLength16 = 126;
constexpr std::uint8_t kLength64 = 127;

// How many bytes of length follow the first two of a header.
std::size_t ExtendedBytes(std::uint64_t payload) {
  if (payload < kLength16) return 0;
  return payload <= 0xffff ? 2 : 8;
}

}  // namespace

FrameHeader::FrameHeader(Message message, Format format) {
  if (format == Format::kEventStream) return;
  const std::uint64_t length = message.payload.size();
  const std::size_t extended = ExtendedBytes(length);
  bytes_[0] = static_cast<char>(kFinal | static_cast<std::uint8_t>(message.type));
  bytes_[1] = static_cast<char>(extended == 0 ? length : extended == 2 ? kLength16 : kLength64);
  // Network byte order: the most significant byte first.
  for (std::size_t i = 0; i < extended; ++i) {
    bytes_[2 + i] = static_cast<char>(length >> (8 * (extended - 1 - i)));
  }
  size_ = 2 + extended;
}

Frame ReadFrame(const char* data, Format format) {
  if (format == Format::kEventStream) {
    std::size_t bytes = 2;
    while (data[bytes - 2] != '\n' || data[bytes - 1] != '\n') ++bytes;
    return {.bytes = bytes, .message = {.type = MessageType::kText, .payload = {data, bytes}}};
  }
  const auto byte = [data](std::size_t i) { return static_cast<std::uint8_t>(data[i]); };
  std::uint64_t length = byte(1);
  std::size_t header = 2;
  if (length >= kLength16) {
    const std::size_t extended = length == kLength16 ? 2 : 8;
    length = 0;
    for (std::size_t i = 0; i < extended; ++i) length = length << 8 | byte(2 + i);
    header += extended;
  }
  return Frame{.bytes = header + length,
               .message = {.type = static_cast<MessageType>(byte(0) & kOpcodeMask),
                           .payload = {data + header, length}}};
}

}  // namespace fanfare
