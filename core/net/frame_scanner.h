// Where frames and messages end in a stream of bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace fanfare {

// Follows a client's bytes from frame to frame (RFC 6455 section 5.2), looking at headers only, to
// know whether what was read so far ends between two messages, and how many frames it was. Checks
// nothing: that is Beast's.
//
// Thread: one.
class FrameScanner {
 public:
  void Scan(std::string_view bytes);

  // No frame is begun and not finished, nor a fragmented message.
  bool between_messages() const { return header_size_ == 0 && payload_left_ == 0 && !in_message_; }

  // In how many frames the message came that is read, or was read last.
  std::size_t message_frames() const { return message_frames_; }
  // How many control frames came, ever.
  std::uint64_t control_frames() const { return control_frames_; }

 private:
  // Bytes of the header of which `header_` is the start, as far as that can be told yet.
  std::size_t HeaderNeeds() const;
  void FinishHeader();

  std::array<std::uint8_t, 14> header_{};
  std::size_t header_size_ = 0;
  std::uint64_t payload_left_ = 0;
  bool in_message_ = false;
  std::size_t message_frames_ = 0;
  std::uint64_t control_frames_ = 0;
};

}  // namespace fanfare
