#include "core/access/address_group.h"

#include <algorithm>
#include <cstddef>

#include "core/access/mapped_address.h"

namespace fanfare {
namespace {

namespace ip = boost::asio::ip;

constexpr std::size_t kPrefixBytes = 8;

}  // namespace

AddressGroup GroupOf(const ip::address& address) {
  // An IPv4 address as it is mapped: its last bytes, unlike those of a prefix, are not all zero.
  const auto bytes = MappedBytes(address);
  AddressGroup group{};
  std::copy_n(bytes.begin(), Unmapped(address).is_v4() ? bytes.size() : kPrefixBytes,
              group.begin());
  return group;
}

bool IsLoopback(const ip::address& address) {
  return Unmapped(address).is_loopback();
}

}  // namespace fanfare
