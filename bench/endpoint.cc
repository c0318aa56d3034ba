#include "bench/endpoint.h"

#include <charconv>

namespace fanfare::bench {

std::optional<Endpoint> FindWebSocketUrl(std::string_view log) {
  static constexpr std::string_view kScheme = "ws://";
  log = log.substr(0, log.rfind('\n') + 1);
  for (std::size_t at = log.find(kScheme); at != log.npos; at = log.find(kScheme, at)) {
    at += kScheme.size();
    const std::size_t colon = log.find_first_not_of("0123456789.", at);
    if (colon == log.npos || colon == at || log[colon] != ':') {
      continue;
    }
    Endpoint endpoint{.address = std::string(log.substr(at, colon - at))};
    const auto [end, error] =
        std::from_chars(log.data() + colon + 1, log.data() + log.size(), endpoint.port);
    if (error == std::errc() && endpoint.port != 0) {
      return endpoint;
    }
  }
  return std::nullopt;
}

}  // namespace fanfare::bench
