#include "core/testing/allocations.h"

#include <cstdlib>
#include <new>

namespace {

std::size_t allocations = 0;
// The one that fails; 0 if none does.
std::size_t failing = 0;

}  // namespace

// Not inlined: where g++ 12 sees one of the pair inlined and not the other, it takes them for a
// mismatch.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
  if (++allocations == failing) throw std::bad_alloc();
  if (void* memory = std::malloc(bytes == 0 ? 1 : bytes)) return memory;
  throw std::bad_alloc();
}

[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace fanfare::testing {

std::size_t Allocations() {
  return allocations;
}

void FailAllocationAfter(std::size_t good) {
  failing = allocations + good + 1;
}

void FailNoAllocation() {
  failing = 0;
}

}  // namespace fanfare::testing
