#include "core/net/frame_scanner.h"

#include <algorithm>

namespace fanfare {
namespace {

constexpr std::uint8_t kFinal = 0x80;
constexpr std::uint8_t kControl = 0x08;
constexpr std::uint8_t kMasked = 0x80;
constexpr std::uint8_t kLength = 0x7f;
constexpr std::uint8_t kLength16 = 126;
constexpr std::uint8_t kLength64 = 127;
constexpr std::size_t kMaskBytes = 4;

}  // namespace

void FrameScanner::Scan(std::string_view bytes) {
  while (!bytes.empty()) {
    if (payload_left_ > 0) {
      const std::uint64_t skipped = std::min<std::uint64_t>(payload_left_, bytes.size());
      payload_left_ -= skipped;
      bytes.remove_prefix(skipped);
      continue;
    }
    header_[header_size_++] = static_cast<std::uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    if (header_size_ >= 2 && header_size_ == HeaderNeeds()) FinishHeader();
  }
}

std::size_t FrameScanner::HeaderNeeds() const {
  const std::uint8_t length = header_[1] & kLength;
  const std::size_t extended = length == kLength64 ? 8 : length == kLength16 ? 2 : 0;
  return 2 + extended + ((header_[1] & kMasked) != 0 ? kMaskBytes : 0);
}

void FrameScanner::FinishHeader() {
  const std::uint8_t length = header_[1] & kLength;
  const std::size_t extended = length == kLength64 ? 8 : length == kLength16 ? 2 : 0;
  payload_left_ = extended == 0 ? length : 0;
  for (std::size_t i = 0; i < extended; ++i) {
    payload_left_ = payload_left_ << 8 | header_[2 + i];
  }
  // Control frames may come between the fragments of a message.
  if ((header_[0] & kControl) != 0) {
    ++control_frames_;
  } else {
    message_frames_ = in_message_ ? message_frames_ + 1 : 1;
    in_message_ = (header_[0] & kFinal) == 0;
  }
  header_size_ = 0;
}

}  // namespace fanfare
