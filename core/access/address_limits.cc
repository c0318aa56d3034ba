#include "core/access/address_limits.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/access/address_group.h"
#include "core/event_log.h"

namespace fanfare {

namespace {

std::size_t MostConnections(const Limits& limits) {
  const std::size_t most = limits.connections_per_address;
  return most == 0 ? std::numeric_limits<std::size_t>::max() : most;
}

// Of any use if it is limited only.
TokenRate RateOf(std::size_t per_second) {
  const std::uint64_t rate = std::max<std::size_t>(per_second, 1);
  return {.per_second = rate, .burst = 2 * rate};
}

}  // namespace

AddressLimits::AddressLimits(const Limits& limits, IsFree is_free)
    : is_free_(is_free),
      connections_(MostConnections(limits)),
      limits_handshakes_(limits.handshakes_per_second != 0),
      limits_requests_(limits.requests_per_second != 0),
      requests_(RateOf(limits.requests_per_second)),
      sessions_(RateOf(limits.handshakes_per_second)),
      tls_(RateOf(limits.handshakes_per_second)) {}

void AddressLimits::Update(const Limits& limits) {
  connections_.set_most(MostConnections(limits));
  requests_.set_rate(RateOf(limits.requests_per_second));
  sessions_.set_rate(RateOf(limits.handshakes_per_second));
  tls_.set_rate(RateOf(limits.handshakes_per_second));
  limits_requests_ = limits.requests_per_second != 0;
  limits_handshakes_ = limits.handshakes_per_second != 0;
}

std::optional<AddressCounts::Place> AddressLimits::Connect(const Address& address) {
  if (is_free_(address)) return AddressCounts::Place();
  auto place = connections_.Acquire(GroupOf(address));
  if (!place) Tell(address, "limits.connections_per_address");
  return place;
}

bool AddressLimits::May(AddressRates& rates, bool is_limited, const Address& address,
                        const char* setting) {
  if (!is_limited || is_free_(address)) return true;
  if (rates.Take(GroupOf(address), std::chrono::steady_clock::now())) return true;
  Tell(address, setting);
  return false;
}

void AddressLimits::Tell(const Address& address, const char* setting) {
  if (!IsLogged(LogLevel::kWarn)) return;
  const std::string peer = address.to_string();
  const std::string text = absl::StrCat("was refused: it is over ", setting);
  WriteLog(LogEvent::kRefused,
           {.about = {.peer = peer}, .text = text, .fields = {{"limit", setting}}});
}

}  // namespace fanfare
