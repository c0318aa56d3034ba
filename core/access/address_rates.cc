#include "core/access/address_rates.h"

namespace fanfare {
namespace {

constexpr std::chrono::seconds kForgetEvery{1};

}  // namespace

void AddressRates::set_rate(TokenRate rate) {
  const std::lock_guard lock(mutex_);
  rate_ = rate;
}

bool AddressRates::Take(const AddressGroup& group, Time now) {
  const std::lock_guard lock(mutex_);
  auto found = buckets_.find(group);
  if (found == buckets_.end()) {
    ForgetFull(now);
    if (buckets_.size() >= most_) return true;
    found = buckets_.try_emplace(group).first;
  }
  return found->second.TakeIfReady(rate_, 1, now);
}

std::size_t AddressRates::addresses() const {
  const std::lock_guard lock(mutex_);
  return buckets_.size();
}

void AddressRates::ForgetFull(Time now) {
  if (now < forget_at_) return;
  forget_at_ = now + kForgetEvery;
  std::erase_if(buckets_, [now](const auto& entry) { return entry.second.IsFull(now); });
}

}  // namespace fanfare
