// What one address may use of the server.
#pragma once

#include <atomic>
#include <boost/asio/ip/address.hpp>
#include <optional>

#include "core/access/address_counts.h"
#include "core/access/address_rates.h"
#include "core/limits.h"

namespace fanfare {

// `limits.connections_per_address` and `limits.handshakes_per_second`. Who is refused is told of in
// the log (LogEvent::kRefused).
//
// Thread: any. Lifetime: outlives its places.
class AddressLimits {
 public:
  using Address = boost::asio::ip::address;
  // Which addresses are not limited.
  using IsFree = bool (*)(const Address& address);

  explicit AddressLimits(const Limits& limits, IsFree is_free = IsLoopback);

  // Other limits from now on. What is open is counted on.
  void Update(const Limits& limits);

  // A place for a connection, which may be none where nothing is counted; or no place.
  std::optional<AddressCounts::Place> Connect(const Address& address);
  // Whether it may ask for a session now, and whether it may begin TLS; counts that.
  bool MayOpenSession(const Address& address) { return MayShakeHands(sessions_, address); }
  bool MayBeginTls(const Address& address) { return MayShakeHands(tls_, address); }

 private:
  bool MayShakeHands(AddressRates& rates, const Address& address);
  static void Tell(const Address& address, const char* setting);

  const IsFree is_free_;
  // Also where there is no limit: a reload may bring one.
  AddressCounts connections_;
  std::atomic<bool> limits_handshakes_;
  AddressRates sessions_;
  AddressRates tls_;
};

}  // namespace fanfare
