#include "core/memory_reserve.h"

#include <sys/mman.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <new>
#include <utility>

namespace fanfare {
namespace {

constexpr std::size_t kPartBytes = 512 * 1024;
constexpr std::size_t kParts = 4;

thread_local bool reserve_is_allowed = true;

// Address space of its own, so that giving a part back gives room for whichever heap needs it. Null
// are those that were used.
std::array<std::atomic<void*>, kParts> parts;
std::atomic<bool> is_whole{true};

void* NewPart() {
  void* part = mmap(nullptr, kPartBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return part == MAP_FAILED ? nullptr : part;
}

// Called when an allocation fails, which is then tried again.
void UsePart() {
  if (!reserve_is_allowed) throw std::bad_alloc();
  for (std::atomic<void*>& part : parts) {
    if (void* const used = part.exchange(nullptr)) {
      is_whole = false;
      munmap(used, kPartBytes);
      return;
    }
  }
  throw std::bad_alloc();
}

}  // namespace

void KeepMemoryReserve() {
  for (std::atomic<void*>& part : parts) part = NewPart();
  std::set_new_handler(UsePart);
}

void RefillMemoryReserve() {
  if (is_whole.exchange(true)) return;
  for (std::atomic<void*>& part : parts) {
    if (part.load() != nullptr) continue;
    void* const made = NewPart();
    void* none = nullptr;
    if (made == nullptr) {
      is_whole = false;
    } else if (!part.compare_exchange_strong(none, made)) {
      // Another thread was faster.
      munmap(made, kPartBytes);
    }
  }
}

ReserveUse::ReserveUse(bool is_allowed) : before_(std::exchange(reserve_is_allowed, is_allowed)) {}

ReserveUse::~ReserveUse() {
  reserve_is_allowed = before_;
}

}  // namespace fanfare
