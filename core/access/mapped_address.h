// IPv4 addresses that are written as IPv6 addresses (RFC 4291 section 2.5.5.2): ::ffff:192.0.2.1.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/address_v6.hpp>

namespace fanfare {

// The IPv4 address that is mapped; any other address as it is.
boost::asio::ip::address Unmapped(const boost::asio::ip::address& address);

// Its bytes, of an IPv4 address those that it is mapped to.
boost::asio::ip::address_v6::bytes_type MappedBytes(const boost::asio::ip::address& address);

}  // namespace fanfare
