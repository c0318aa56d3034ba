#include "core/access/mapped_address.h"

#include <boost/asio/ip/address_v4.hpp>

namespace fanfare {

namespace ip = boost::asio::ip;

ip::address Unmapped(const ip::address& address) {
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
  return ip::make_address_v4(ip::v4_mapped, address.to_v6());
}

ip::address_v6::bytes_type MappedBytes(const ip::address& address) {
  return address.is_v4() ? ip::make_address_v6(ip::v4_mapped, address.to_v4()).to_bytes()
                         : address.to_v6().to_bytes();
}

}  // namespace fanfare
