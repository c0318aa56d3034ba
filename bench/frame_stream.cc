#include "bench/frame_stream.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace fanfare::bench {
namespace {

// What one call should be able to take.
constexpr std::size_t kLeastRoom = 64 << 10;

// Above this a server sends nonsense.
constexpr std::size_t kMaxPartialBytes = 16 << 20;

}  // namespace

absl::StatusOr<std::span<char>> FrameStream::Receive(int fd, std::vector<char>& buffer) {
  if (buffer.size() < partial_.size() + kLeastRoom) {
    buffer.resize(2 * (partial_.size() + kLeastRoom));
  }
  char* const end = std::copy(partial_.begin(), partial_.end(), buffer.data());
  const std::size_t kept = partial_.size();
  partial_.clear();
  const ssize_t length = ::recv(fd, end, buffer.size() - kept, MSG_DONTWAIT);
  if (length > 0) {
    return std::span(buffer.data(), kept + static_cast<std::size_t>(length));
  }
  if (length < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) {
    return std::span(buffer.data(), kept);
  }
  return absl::UnavailableError(length == 0 ? "closed by the server" : std::strerror(errno));
}

absl::Status FrameStream::Keep(std::span<const char> rest) {
  if (rest.size() > kMaxPartialBytes) {
    return absl::DataLossError("a frame without end");
  }
  partial_.assign(rest.data(), rest.size());
  return absl::OkStatus();
}

}  // namespace fanfare::bench
