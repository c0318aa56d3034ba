// The proxies that are believed when they say whom a connection or a request comes from.
#pragma once

#include <array>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace fanfare {

// How a proxy says it.
enum class ProxyProtocol {
  // By the header X-Forwarded-For of each request.
  kForwardedFor,
  // By what HAProxy calls the PROXY protocol, at the beginning of each connection.
  kProxyProtocol,
};

// The settings `proxies`. Nobody is a proxy by default: whoever may say where a connection comes
// from may use up the limits of any address, and be nobody's neighbour.
//
// Thread: any, because it never changes.
class Proxies {
 public:
  using Address = boost::asio::ip::address;

  Proxies() = default;
  // `addresses` are IP addresses and networks, "10.0.0.0/8" or "fd00::/8". The error begins with
  // the index of what is wrong, as in "[1]: …".
  static absl::StatusOr<Proxies> Make(std::vector<std::string> addresses, ProxyProtocol protocol);

  const std::vector<std::string>& addresses() const { return addresses_; }
  ProxyProtocol protocol() const { return protocol_; }

  // Whether that is one. An IPv4-mapped IPv6 address is the IPv4 address.
  bool Contains(const Address& address) const;

  // Of what the X-Forwarded-For headers of a request say, joined by commas in their order: whom the
  // last proxy that is one of these says that it has the request from. To the left of that, whoever
  // sent the request can have written what they like. Where all are proxies, the first of them;
  // nothing where the one that counts is no address.
  std::optional<Address> ClientOf(std::string_view forwarded_for) const;

 private:
  // Both as IPv6; of an IPv4 network, those that are mapped.
  struct Network {
    boost::asio::ip::address_v6::bytes_type address;
    unsigned bits;
  };

  static std::optional<Network> ParseNetwork(const std::string& text);

  std::vector<std::string> addresses_;
  std::vector<Network> networks_;
  ProxyProtocol protocol_ = ProxyProtocol::kForwardedFor;
};

// The values of `proxies.protocol`.
inline constexpr std::array<std::pair<std::string_view, ProxyProtocol>, 2> kProxyProtocols = {{
    {"x_forwarded_for", ProxyProtocol::kForwardedFor},
    {"proxy_protocol", ProxyProtocol::kProxyProtocol},
}};

}  // namespace fanfare
