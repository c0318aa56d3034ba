// Which addresses count as one client.
#pragma once

#include <array>
#include <boost/asio/ip/address.hpp>

namespace fanfare {

// An IPv4 address, or the first 64 bits of an IPv6 address, because whoever has one of these has
// all that begin like it. Hashable (absl::Hash).
using AddressGroup = std::array<unsigned char, 16>;

// An IPv4-mapped IPv6 address (::ffff:192.0.2.1) is the IPv4 address.
AddressGroup GroupOf(const boost::asio::ip::address& address);

// Of the machine itself: proxies before the server, tests and benchmarks. Also if it is
// IPv4-mapped.
bool IsLoopback(const boost::asio::ip::address& address);

}  // namespace fanfare
