// Frames from a socket, however TCP cuts them up.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace fanfare::bench {

// The receiving side of one connection: keeps the start of a frame until its rest comes. The caller
// takes whole frames off the front of what Receive returns, and hands what is left to Keep. The
// buffer is shared by all connections, and what comes in whole frames is never copied.
class FrameStream {
 public:
  FrameStream() = default;
  // `received` came ahead of everything.
  explicit FrameStream(std::string received) : partial_(std::move(received)) {}

  // Receives once into `buffer`, without waiting, behind what was kept; makes it larger if that
  // leaves little room. Nothing new is no error: the result is then what was kept. An error is the
  // end of the connection.
  absl::StatusOr<std::span<char>> Receive(int fd, std::vector<char>& buffer);

  // An error if it is longer than any frame of a sane server.
  absl::Status Keep(std::span<const char> rest);

 private:
  std::string partial_;
};

}  // namespace fanfare::bench
