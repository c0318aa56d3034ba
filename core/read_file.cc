#include "core/read_file.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace fanfare {

absl::StatusOr<std::string> ReadFile(const std::string& file, std::size_t most) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> stream(std::fopen(file.c_str(), "rb"),
                                                               std::fclose);
  if (stream == nullptr) return absl::ErrnoToStatus(errno, "can not open it");
  std::string text;
  std::array<char, 16 * 1024> buffer{};
  while (const std::size_t bytes = std::fread(buffer.data(), 1, buffer.size(), stream.get())) {
    text.append(buffer.data(), bytes);
    if (text.size() > most) {
      return absl::InvalidArgumentError(absl::StrCat("larger than ", most, " bytes"));
    }
  }
  if (std::ferror(stream.get()) != 0) return absl::ErrnoToStatus(errno, "can not read it");
  return text;
}

}  // namespace fanfare
