#include "core/net/peer_limits.h"

#include <utility>

#include "core/access/proxies.h"
#include "core/auth/authenticator.h"

namespace fanfare {

void PeerLimits::Begin(const Endpoint& peer) {
  peer_ = peer;
  is_counted_ = !shard_.generation()->config().proxies.Contains(peer.address());
}

bool PeerLimits::expects_proxy_header() const {
  const Proxies& proxies = shard_.generation()->config().proxies;
  return !is_counted_ && proxies.protocol() == ProxyProtocol::kProxyProtocol;
}

bool PeerLimits::Believe(const ProxyHeader& header) {
  if (header.source == ProxyHeader::Source::kProxy) return true;
  // Nobody knows whom it is from; it is not from the proxy's own machine.
  peer_ = header.source == ProxyHeader::Source::kPeer
              ? header.peer
              : Endpoint(net::ip::address_v4::any(), peer_.port());
  is_counted_ = Count(peer_.address());
  return is_counted_;
}

bool PeerLimits::Count(const net::ip::address& address) {
  auto place = shard_.addresses().Connect(address);
  if (!place) {
    shard_.stats().address_connections_refused.Add();
    return false;
  }
  permit_.Hold(*std::move(place));
  return true;
}

Endpoint PeerLimits::PeerOf(const BeastRequest& request) const {
  const Proxies& proxies = shard_.generation()->config().proxies;
  if (is_counted_ || proxies.protocol() != ProxyProtocol::kForwardedFor) return peer_;
  const auto client = proxies.ClientOf(ForwardedFor(request));
  return client ? Endpoint(*client, peer_.port()) : peer_;
}

bool PeerLimits::MayBeginTls() {
  // Where a proxy does not say for whom it begins, there is nobody to be limited.
  if (!is_counted_ || shard_.addresses().MayBeginTls(peer_.address())) return true;
  shard_.stats().address_handshakes_refused.Add();
  return false;
}

bool PeerLimits::MayAsk(const Request& request) {
  if (shard_.addresses().MayRequest(request.peer.address())) return true;
  shard_.stats().address_requests_refused.Add();
  return false;
}

bool PeerLimits::MayAskForSession(const Request& request) {
  if (shard_.addresses().MayOpenSession(request.peer.address())) return true;
  shard_.stats().address_handshakes_refused.Add();
  return false;
}

std::optional<Response> PeerLimits::RefuseSession(const Request& request,
                                                  const Dispatch& dispatch) {
  const bool is_through_proxy = !is_counted_ && request.peer != peer_;
  if (is_through_proxy && !Count(request.peer.address())) return TooManyConnections();
  if (request.identity == nullptr) return std::nullopt;
  auto place = dispatch.authenticator->Connect(*request.identity);
  if (!place) {
    // The connection goes on, and may bring what is others'.
    if (is_through_proxy) permit_.Hold({});
    shard_.stats().user_connections_refused.Add();
    return TooManyOfUser(dispatch.authenticator->user_connections());
  }
  admission_ = {.identity = request.identity, .place = *std::move(place)};
  return std::nullopt;
}

}  // namespace fanfare
