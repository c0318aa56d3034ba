// The PROXY protocol: what a proxy says of a connection before anything else is sent on it.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "core/endpoint.h"

namespace fanfare {

// "The PROXY protocol, versions 1 & 2"
// (https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt), sections 2.1 and 2.2, strictly:
// whatever is not as it says there is an error. What version 2 may add behind the addresses (TLV)
// is passed over, and not checked.
struct ProxyHeader {
  enum class State {
    // More bytes may make it one.
    kIncomplete,
    kComplete,
    kWrong,
  };
  // Whom the proxy has the connection from.
  enum class Source {
    // The proxy itself: it looks whether we are there (version 2, LOCAL).
    kProxy,
    // See `peer`.
    kPeer,
    // It does not say (version 1, UNKNOWN; version 2, AF_UNSPEC).
    kUnknown,
  };

  State state = State::kIncomplete;
  // Of a complete one: how many bytes it is.
  std::size_t size = 0;
  Source source = Source::kUnknown;
  Endpoint peer = {};
};

// The longest that is taken: version 1 has 107 bytes at most, and what is added in version 2 is
// seldom more than a certificate's names.
inline constexpr std::size_t kMaxProxyHeader = 4096;

// What these bytes begin with.
ProxyHeader ParseProxyHeader(std::string_view bytes);

}  // namespace fanfare
