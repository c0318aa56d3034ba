// Where a server listens, and how that is found out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fanfare::bench {

// Where a server listens: an IPv4 address in digits and a port.
struct Endpoint {
  std::string address;
  std::uint16_t port = 0;
};

// The first `ws://ADDRESS:PORT` in a server's log, wherever in a line it stands. Looks at whole
// lines only, because the end of a log that is being written may cut a port number short.
std::optional<Endpoint> FindWebSocketUrl(std::string_view log);

}  // namespace fanfare::bench
