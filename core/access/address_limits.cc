#include "core/access/address_limits.h"

#include <chrono>
#include <cstdint>

#include "core/access/address_group.h"
#include "spdlog/spdlog.h"

namespace fanfare {

AddressLimits::AddressLimits(const Limits& limits, IsFree is_free) : is_free_(is_free) {
  if (limits.connections_per_address != 0) connections_.emplace(limits.connections_per_address);
  if (const std::size_t rate = limits.handshakes_per_second; rate != 0) {
    handshakes_.emplace(TokenRate{.per_second = rate, .burst = 2 * rate});
  }
}

std::optional<AddressCounts::Place> AddressLimits::Connect(const Address& address) {
  if (!connections_ || is_free_(address)) return AddressCounts::Place();
  auto place = connections_->Acquire(GroupOf(address));
  if (!place) Tell(address, "limits.connections_per_address");
  return place;
}

bool AddressLimits::MayOpenSession(const Address& address) {
  if (!handshakes_ || is_free_(address)) return true;
  if (handshakes_->Take(GroupOf(address), std::chrono::steady_clock::now())) return true;
  Tell(address, "limits.handshakes_per_second");
  return false;
}

void AddressLimits::Tell(const Address& address, const char* setting) {
  const std::uint64_t refused = log_.Count(std::chrono::steady_clock::now());
  if (refused == 0) return;
  spdlog::warn("{} was refused (429): it is over {}; so many refused since this was last said: {}",
               address.to_string(), setting, refused);
}

}  // namespace fanfare
