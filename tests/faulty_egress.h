// An egress that fails on purpose.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "core/fanout/egress.h"

namespace fanfare::testing {

// What goes wrong, shared by the egresses of all shards.
struct Fault {
  // Which send, to whatever socket, counting from zero.
  std::size_t at = 0;
  // A negative errno that the send is given, or how many bytes it takes at most.
  std::int64_t result = 0;
  std::atomic<std::size_t> sends{0};

  bool happened() const { return sends > at; }
};

// Makes egresses which send as the usual one does, but for the one faulty send. The fault must
// outlive them.
std::function<std::unique_ptr<Egress>()> MakeFaultyEgress(Fault& fault);

}  // namespace fanfare::testing
