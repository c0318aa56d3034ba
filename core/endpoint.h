// The address and port of a peer.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <string>

namespace fanfare {

// An IP address and a port; comparable and hashable (`std::hash`), so it can be a map's key.
using Endpoint = boost::asio::ip::tcp::endpoint;

// "127.0.0.1:8080", "[::1]:8080".
std::string ToString(const Endpoint& endpoint);

}  // namespace fanfare
