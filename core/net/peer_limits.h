// Whom a connection is from, and what it may do for that.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <optional>
#include <utility>

#include "core/auth/session_token.h"
#include "core/dispatch.h"
#include "core/endpoint.h"
#include "core/net/http_messages.h"
#include "core/net/proxy_protocol.h"
#include "core/request.h"
#include "core/route.h"
#include "core/shard.h"

namespace fanfare {

// The limits of addresses and of users for one connection during its HTTP requests, and by them the
// places that it takes: the session that it becomes has them then. What is refused is counted.
//
// A proxy that is believed (core/access/proxies.h) is none of those whom it speaks for. Its
// connections are counted for these: for one, once a header of the PROXY protocol has said which
// one; or for whoever has the session, where each request says from whom it is.
//
// Thread: the shard's.
class PeerLimits {
 public:
  PeerLimits(OpenConnections::Permit permit, Shard& shard)
      : shard_(shard), permit_(std::move(permit)) {}

  // Before all else: where the connection comes from.
  void Begin(const Endpoint& peer);
  // A header of the PROXY protocol comes first.
  bool expects_proxy_header() const;
  // What that header says. False when its address has as many connections as it may.
  bool Believe(const ProxyHeader& header);

  // Of the connection, as far as it is known.
  const Endpoint& peer() const { return peer_; }
  // Of a request: where a proxy that is believed says so, another address, with the port of the
  // connection.
  Endpoint PeerOf(const BeastRequest& request) const;

  // Whether it may now begin with TLS, make a request, and ask for a session by that.
  bool MayBeginTls();
  bool MayAsk(const Request& request);
  bool MayAskForSession(const Request& request);
  // Takes the places of a session; or says why there are none.
  std::optional<Response> RefuseSession(const Request& request, const Dispatch& dispatch);

  OpenConnections::Permit TakePermit() { return std::move(permit_); }
  // Of the session that it becomes.
  Admission TakeAdmission() { return std::move(admission_); }

 private:
  // Takes a place among the connections of that address. False when it has as many as it may.
  bool Count(const net::ip::address& address);

  Shard& shard_;
  OpenConnections::Permit permit_;
  Endpoint peer_;
  // Among the connections of its address.
  bool is_counted_ = true;
  Admission admission_;
};

}  // namespace fanfare
