#include "bench/message.h"

#include <array>

namespace fanfare::bench {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

// Has a bit that no digit's value has.
constexpr std::uint8_t kNoDigit = 0x80;

// The value of every character as a digit: reading happens once per delivery, millions of times.
constexpr std::array<std::uint8_t, 256> kValues = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNoDigit);
  for (std::size_t i = 0; i < kDigits.size(); ++i) {
    values[static_cast<unsigned char>(kDigits[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}();

template <typename Integer>
void AppendHex(Integer value, std::string& out) {
  for (int shift = 8 * sizeof(Integer) - 4; shift >= 0; shift -= 4) {
    out.push_back(kDigits[value >> shift & 0xF]);
  }
}

// Takes an integer's digits off the front of `text`. Anything but digits leaves kNoDigit in `seen`.
template <typename Integer>
Integer TakeHex(std::string_view& text, std::uint8_t& seen) {
  Integer value = 0;
  for (std::size_t i = 0; i < 2 * sizeof(Integer); ++i) {
    const std::uint8_t digit = kValues[static_cast<unsigned char>(text[i])];
    seen |= digit;
    value = static_cast<Integer>(value << 4 | (digit & 0xF));
  }
  text.remove_prefix(2 * sizeof(Integer));
  return value;
}

}  // namespace

MessageFormat::MessageFormat(std::size_t message_bytes) {
  while (padding_.size() + kStampBytes < message_bytes) {
    padding_.push_back(static_cast<char>('A' + padding_.size() % 26));
  }
}

std::string MessageFormat::Write(const Stamp& stamp) const {
  std::string message;
  message.reserve(kStampBytes + padding_.size());
  AppendHex(stamp.publisher, message);
  AppendHex(stamp.sequence, message);
  AppendHex(stamp.sent_at, message);
  message += padding_;
  return message;
}

std::optional<Stamp> MessageFormat::Read(std::string_view message) const {
  if (message.size() != kStampBytes + padding_.size()) {
    return std::nullopt;
  }
  std::uint8_t seen = 0;
  Stamp stamp;
  stamp.publisher = TakeHex<std::uint16_t>(message, seen);
  stamp.sequence = TakeHex<std::uint32_t>(message, seen);
  stamp.sent_at = TakeHex<std::uint64_t>(message, seen);
  if ((seen & kNoDigit) != 0 || message != padding_) {
    return std::nullopt;
  }
  return stamp;
}

}  // namespace fanfare::bench
