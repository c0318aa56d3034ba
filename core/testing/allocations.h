// Counts allocations: a program that is linked with this has an operator new of its own.
#pragma once

#include <cstddef>

namespace fanfare::testing {

// How often memory was allocated with `new` so far.
//
// Thread: the one of a program that has no other.
std::size_t Allocations();

}  // namespace fanfare::testing
