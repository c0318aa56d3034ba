#include "core/access/address_counts.h"

#include "core/check.h"

namespace fanfare {

AddressCounts::~AddressCounts() {
  FANFARE_CHECK(counts_.empty(), "places do not outlive their counts");
}

void AddressCounts::set_most(std::size_t most) {
  const std::lock_guard lock(mutex_);
  most_ = most;
}

std::optional<AddressCounts::Place> AddressCounts::Acquire(const AddressGroup& group) {
  const std::lock_guard lock(mutex_);
  const auto [node, is_new] = counts_.try_emplace(group, Count{.owner = *this});
  if (node->second.open >= most_) {
    if (is_new) counts_.erase(node);
    return std::nullopt;
  }
  ++node->second.open;
  return Place(*node);
}

std::size_t AddressCounts::addresses() const {
  const std::lock_guard lock(mutex_);
  return counts_.size();
}

void AddressCounts::GiveBack(Counts::value_type& node) {
  const std::lock_guard lock(mutex_);
  if (--node.second.open == 0) counts_.erase(counts_.find(node.first));
}

}  // namespace fanfare
