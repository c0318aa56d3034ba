// What the messages of a benchmark carry.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fanfare::bench {

// Who sent a message, which one of theirs it is (counted from 0), and when, in nanoseconds of the
// monotonic clock.
struct Stamp {
  std::uint16_t publisher = 0;
  std::uint32_t sequence = 0;
  std::uint64_t sent_at = 0;
};

// Writes and reads the messages of a benchmark, all of one size: a stamp in hexadecimal digits,
// then padding that is always the same. All of it is ASCII, so that it is valid as WebSocket text,
// which is what chat users send.
class MessageFormat {
 public:
  // The digits of publisher, sequence and sent_at. No message is smaller.
  static constexpr std::size_t kStampBytes = 4 + 8 + 16;

  explicit MessageFormat(std::size_t message_bytes);

  std::string Write(const Stamp& stamp) const;

  // The stamp of a message that is whole and unchanged; nullopt for anything else.
  std::optional<Stamp> Read(std::string_view message) const;

 private:
  std::string padding_;
};

}  // namespace fanfare::bench
