#include "routes/chat/secrets.h"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstddef>

#include "absl/strings/escaping.h"
#include "core/check.h"

namespace fanfare::chat {

std::string MakeSecret() {
  std::array<char, 16> bytes = {};
  ssize_t got = -1;
  do {
    got = getrandom(bytes.data(), bytes.size(), 0);
  } while (got < 0 && errno == EINTR);
  // So few bytes come whole (getrandom(2)).
  FANFARE_CHECK(got == static_cast<ssize_t>(bytes.size()), "the kernel has random numbers");
  return absl::WebSafeBase64Escape({bytes.data(), bytes.size()});
}

bool IsSameSecret(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference |= static_cast<unsigned>(static_cast<unsigned char>(a[i] ^ b[i]));
  }
  return difference == 0;
}

}  // namespace fanfare::chat
