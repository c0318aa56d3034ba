// How many connections each address has.
#pragma once

#include <cstddef>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

#include "absl/hash/hash.h"
#include "core/access/address_group.h"

namespace fanfare {

// Counts what an address has open, up to a limit for each. It knows the addresses only that have
// something open: its memory is bounded by what is open in all.
//
// Thread: any. Lifetime: outlives its places.
class AddressCounts {
  struct Count {
    AddressCounts& owner;
    std::size_t open = 0;
  };
  // Its nodes stay where they are.
  using Counts = std::unordered_map<AddressGroup, Count, absl::Hash<AddressGroup>>;

 public:
  // One that is open, until it is destroyed; or none.
  class Place {
   public:
    Place() = default;
    Place(Place&& other) noexcept : node_(std::exchange(other.node_, nullptr)) {}
    Place& operator=(Place&& other) noexcept {
      std::swap(node_, other.node_);
      return *this;
    }
    ~Place() {
      if (node_ != nullptr) node_->second.owner.GiveBack(*node_);
    }

   private:
    friend class AddressCounts;
    explicit Place(Counts::value_type& node) : node_(&node) {}

    Counts::value_type* node_ = nullptr;
  };

  explicit AddressCounts(std::size_t most) : most_(most) {}
  ~AddressCounts();
  AddressCounts(const AddressCounts&) = delete;
  AddressCounts& operator=(const AddressCounts&) = delete;

  // From now on; who has more keeps them.
  void set_most(std::size_t most);
  // Nothing if this address has as many as it may.
  std::optional<Place> Acquire(const AddressGroup& group);
  // How many addresses have something open.
  std::size_t addresses() const;

 private:
  void GiveBack(Counts::value_type& node);

  mutable std::mutex mutex_;
  std::size_t most_;
  Counts counts_;
};

}  // namespace fanfare
