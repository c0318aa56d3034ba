#include "core/access/address_group.h"

#include <algorithm>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>

namespace fanfare {
namespace {

namespace ip = boost::asio::ip;

constexpr std::size_t kPrefixBytes = 8;

}  // namespace

AddressGroup GroupOf(const ip::address& address) {
  // An IPv4 address as it is mapped: its last bytes, unlike those of a prefix, are not all zero.
  const bool is_v4 = address.is_v4() || address.to_v6().is_v4_mapped();
  const ip::address_v6::bytes_type bytes =
      address.is_v4() ? ip::make_address_v6(ip::v4_mapped, address.to_v4()).to_bytes()
                      : address.to_v6().to_bytes();
  AddressGroup group{};
  std::copy_n(bytes.begin(), is_v4 ? bytes.size() : kPrefixBytes, group.begin());
  return group;
}

bool IsLoopback(const ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return ip::make_address_v4(ip::v4_mapped, address.to_v6()).is_loopback();
  }
  return address.is_loopback();
}

}  // namespace fanfare
