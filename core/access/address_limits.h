// What one address may use of the server.
#pragma once

#include <atomic>
#include <boost/asio/ip/address.hpp>
#include <optional>

#include "core/access/address_counts.h"
#include "core/access/address_rates.h"
#include "core/limits.h"

namespace fanfare {

// `limits.connections_per_address`, `requests_per_second` and `handshakes_per_second`. Who is
// refused is told of in the log (LogEvent::kRefused).
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
  // Whether it may make an HTTP request now; counts that.
  bool MayRequest(const Address& address) {
    return May(requests_, limits_requests_, address, "limits.requests_per_second");
  }
  // Whether it may ask for a session by that, and whether it may begin TLS; counts that.
  bool MayOpenSession(const Address& address) {
    return May(sessions_, limits_handshakes_, address, kHandshakes);
  }
  bool MayBeginTls(const Address& address) {
    return May(tls_, limits_handshakes_, address, kHandshakes);
  }

 private:
  static constexpr const char* kHandshakes = "limits.handshakes_per_second";

  bool May(AddressRates& rates, bool is_limited, const Address& address, const char* setting);
  static void Tell(const Address& address, const char* setting);

  const IsFree is_free_;
  // Also where there is no limit: a reload may bring one.
  AddressCounts connections_;
  std::atomic<bool> limits_handshakes_;
  std::atomic<bool> limits_requests_;
  AddressRates requests_;
  AddressRates sessions_;
  AddressRates tls_;
};

}  // namespace fanfare
