#include "core/auth/user_counts.h"

#include <utility>

namespace fanfare {

std::optional<UserCounts::Place> UserCounts::Acquire(const std::string& user, std::size_t most) {
  if (most == 0) return Place();
  // First: where there is no memory for it, nothing has been counted.
  std::string name = user;
  const std::lock_guard lock(mutex_);
  std::size_t& open = open_[user];
  // It has some, then: a limit is at least 1.
  if (open >= most) return std::nullopt;
  ++open;
  return Place(shared_from_this(), std::move(name));
}

std::size_t UserCounts::users() const {
  const std::lock_guard lock(mutex_);
  return open_.size();
}

void UserCounts::GiveBack(const std::string& user) {
  const std::lock_guard lock(mutex_);
  const auto found = open_.find(user);
  if (--found->second == 0) open_.erase(found);
}

}  // namespace fanfare
