#include "bench/load/url.h"

#include <arpa/inet.h>

#include <charconv>

namespace fanfare::bench {

namespace {

constexpr std::string_view kScheme = "ws://";
constexpr std::string_view kRoom = "{room}";

}  // namespace

std::string Url::PathOf(std::size_t room) const {
  std::string result = path;
  if (const std::size_t at = result.find(kRoom); at != result.npos) {
    result.replace(at, kRoom.size(), std::to_string(room));
  }
  return result;
}

absl::StatusOr<Url> ParseUrl(std::string_view text) {
  Url url{.text = std::string(text), .server = {}};
  if (!text.starts_with(kScheme)) {
    return absl::InvalidArgumentError("must start with ws://");
  }
  text.remove_prefix(kScheme.size());
  const std::size_t slash = text.find('/');
  if (slash != text.npos) {
    url.path = text.substr(slash);
    text = text.substr(0, slash);
  }
  const std::size_t colon = text.find(':');
  const std::string_view host = text.substr(0, colon);
  url.server.address = host == "localhost" ? "127.0.0.1" : host;
  in_addr address{};
  if (::inet_pton(AF_INET, url.server.address.c_str(), &address) != 1) {
    return absl::InvalidArgumentError("the host must be localhost or an IPv4 address");
  }
  url.server.port = 80;
  if (colon != text.npos) {
    const std::string port(text.substr(colon + 1));
    const char* const end = port.data() + port.size();
    const auto [parsed, error] = std::from_chars(port.data(), end, url.server.port);
    if (error != std::errc() || parsed != end || url.server.port == 0) {
      return absl::InvalidArgumentError("the port must be a number between 1 and 65535");
    }
  }
  return url;
}

}  // namespace fanfare::bench
