// Counts allocations, and lets them fail: a program that is linked with this has an operator new of
// its own.
#pragma once

#include <cstddef>

namespace fanfare::testing {

// How often memory was allocated with `new` so far.
//
// Thread: the one of a program that has no other.
std::size_t Allocations();

// After so many more, one fails: std::bad_alloc is thrown. The same thread.
void FailAllocationAfter(std::size_t good);
void FailNoAllocation();

}  // namespace fanfare::testing
