// How many connections each user has.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace fanfare {

// Counts what a user has open, up to a limit for each, which may change. It knows the users only
// that have something open: its memory is bounded by what is open in all.
//
// Thread: any. Lifetime: held by shared_ptr; its places keep it.
class UserCounts : public std::enable_shared_from_this<UserCounts> {
 public:
  // One that is open, until it is destroyed; or none.
  class Place {
   public:
    Place() = default;
    Place(Place&& other) noexcept = default;
    Place& operator=(Place&& other) noexcept {
      std::swap(counts_, other.counts_);
      std::swap(user_, other.user_);
      return *this;
    }
    ~Place() {
      if (counts_ != nullptr) counts_->GiveBack(user_);
    }

   private:
    friend class UserCounts;
    Place(std::shared_ptr<UserCounts> counts, std::string user)
        : counts_(std::move(counts)), user_(std::move(user)) {}

    std::shared_ptr<UserCounts> counts_;
    std::string user_;
  };

  // Nothing if this user has as many as it may. `most`: 0 means no limit, and it is not counted.
  std::optional<Place> Acquire(const std::string& user, std::size_t most);
  // How many users have something open.
  std::size_t users() const;

 private:
  void GiveBack(const std::string& user);

  mutable std::mutex mutex_;
  // Not Abseil's: that is broken when there is no memory for its growth.
  std::unordered_map<std::string, std::size_t> open_;
};

}  // namespace fanfare
