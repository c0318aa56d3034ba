#include "core/read_file.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/unique_fd.h"

namespace fanfare {
namespace {

constexpr int kPipePatienceMs = 5'000;

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& file, std::size_t most) {
  const UniqueFd input(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (input.get() < 0) return absl::ErrnoToStatus(errno, "can not open it");
  std::string text;
  std::array<char, 16 * 1024> buffer{};
  while (true) {
    const ssize_t bytes = ::read(input.get(), buffer.data(), buffer.size());
    if (bytes == 0) return text;
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes < 0 && errno == EAGAIN) {
      pollfd waits{.fd = input.get(), .events = POLLIN, .revents = 0};
      if (::poll(&waits, 1, kPipePatienceMs) > 0) continue;
      return absl::DeadlineExceededError("can not read it: it is a pipe, and nothing comes");
    }
    if (bytes < 0) return absl::ErrnoToStatus(errno, "can not read it");
    text.append(buffer.data(), static_cast<std::size_t>(bytes));
    if (text.size() > most) {
      return absl::InvalidArgumentError(absl::StrCat("larger than ", most, " bytes"));
    }
  }
}

}  // namespace fanfare
