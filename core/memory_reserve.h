// Memory that is kept for what must not fail.
#pragma once

namespace fanfare {

// Where memory is limited (RLIMIT_AS, vm.overcommit_memory=2), allocations fail when it is used up.
// While a peer is served, that ends this peer's connection, and what it held is free again. What
// serves all of them (a turn of the fan-out, the wake-up for one) can not be left half done; these
// allocations are small, and there is a reserve for them. When that is used up, too, std::bad_alloc
// ends the process.
//
// To be called once, before there are threads.
void KeepMemoryReserve();

// Takes the reserve back that was used. Any thread; cheap when it was not.
void RefillMemoryReserve();

// While one lives, allocations of this thread do, or do not, use the reserve. Without one they do.
// They nest.
class ReserveUse {
 public:
  explicit ReserveUse(bool is_allowed);
  ~ReserveUse();
  ReserveUse(const ReserveUse&) = delete;
  ReserveUse& operator=(const ReserveUse&) = delete;

 private:
  const bool before_;
};

}  // namespace fanfare
