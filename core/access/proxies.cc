#include "core/access/proxies.h"

#include <algorithm>
#include <boost/asio/ip/address_v6.hpp>
#include <boost/system/error_code.hpp>
#include <charconv>
#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/access/mapped_address.h"
#include "core/compat.h"
#include "core/json_text.h"
#include "core/log_text.h"

namespace fanfare {
namespace {

namespace ip = boost::asio::ip;
using Bytes = ip::address_v6::bytes_type;

constexpr unsigned kBits = 128;
// Before an IPv4 address that is mapped (RFC 4291 section 2.5.5.2).
constexpr unsigned kMappedBits = 96;

std::optional<ip::address> ParseAddress(std::string_view text) {
  // Where the C library reads an address, it stops at a NUL; and a scope is this machine's alone.
  if (text.find_first_of(std::string_view("\0%", 2)) != std::string_view::npos) {
    return std::nullopt;
  }
  boost::system::error_code error;
  const ip::address address = ip::make_address(std::string(text), error);
  if (error) return std::nullopt;
  return Unmapped(address);
}

// One that may have a port behind it, and brackets around it: "192.0.2.1", "192.0.2.1:80",
// "2001:db8::1", "[2001:db8::1]:80".
std::optional<ip::address> ParseNode(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    return ParseAddress(text.substr(1, end - 1));
  }
  const std::size_t colon = text.find(':');
  const bool has_port = colon != std::string_view::npos && colon == text.rfind(':');
  return ParseAddress(has_port ? text.substr(0, colon) : text);
}

bool HasPrefix(const Bytes& address, const Bytes& network, unsigned bits) {
  const unsigned whole = bits / 8;
  if (!std::equal(network.begin(), network.begin() + whole, address.begin())) return false;
  const unsigned rest = bits % 8;
  return rest == 0 || (address[whole] ^ network[whole]) >> (8 - rest) == 0;
}

bool IsZeroAfter(const Bytes& address, unsigned bits) {
  Bytes zero{};
  for (unsigned bit = bits; bit < kBits; ++bit) {
    zero[bit / 8] |= static_cast<unsigned char>(address[bit / 8] & (0x80 >> bit % 8));
  }
  return zero == Bytes{};
}

}  // namespace

absl::StatusOr<Proxies> Proxies::Make(std::vector<std::string> addresses, ProxyProtocol protocol) {
  Proxies proxies;
  proxies.protocol_ = protocol;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const std::optional<Network> network = ParseNetwork(addresses[i]);
    if (!network) {
      return absl::InvalidArgumentError(
          absl::StrCat(ElementPath("", i), ": ", QuoteForLog(addresses[i]),
                       ": expected an IP address or a network, such as 192.0.2.7 or 10.0.0.0/8, "
                       "of which the bits after its prefix are 0"));
    }
    proxies.networks_.push_back(*network);
  }
  proxies.addresses_ = std::move(addresses);
  return proxies;
}

std::optional<Proxies::Network> Proxies::ParseNetwork(const std::string& text) {
  const std::size_t slash = text.find('/');
  const std::optional<ip::address> address = ParseAddress(text.substr(0, slash));
  if (!address) return std::nullopt;
  const unsigned before = address->is_v4() ? kMappedBits : 0;
  unsigned bits = kBits - before;
  if (slash != std::string::npos) {
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + slash + 1, end, bits);
    if (error != std::errc() || stop != end || bits > kBits - before) return std::nullopt;
  }
  const Network network = {.address = MappedBytes(*address), .bits = before + bits};
  if (!IsZeroAfter(network.address, network.bits)) return std::nullopt;
  return network;
}

bool Proxies::Contains(const Address& address) const {
  if (networks_.empty()) return false;
  const Bytes bytes = MappedBytes(address);
  return std::ranges::any_of(networks_, [&](const Network& network) {
    return HasPrefix(bytes, network.address, network.bits);
  });
}

std::optional<Proxies::Address> Proxies::ClientOf(std::string_view forwarded_for) const {
  std::optional<Address> client;
  while (true) {
    const std::size_t comma = forwarded_for.rfind(',');
    const bool is_first = comma == std::string_view::npos;
    const std::string_view node =
        ToStd(absl::StripAsciiWhitespace(ToAbsl(forwarded_for.substr(is_first ? 0 : comma + 1))));
    const std::optional<Address> address = ParseNode(node);
    if (!address) return std::nullopt;
    client = address;
    if (is_first || !Contains(*address)) return client;
    forwarded_for = forwarded_for.substr(0, comma);
  }
}

}  // namespace fanfare
