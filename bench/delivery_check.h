// Exactly once and in order: what every client must see.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace fanfare::bench {

// Checks that every client gets every message exactly once and, for each publisher, in the order of
// sending: per client and publisher it holds the one sequence number that may come next. A message
// that was lost, doubled or overtaken shows as another number; the last ones lost show as messages
// still due when the benchmark's deadline passes.
class DeliveryCheck {
 public:
  DeliveryCheck(std::size_t clients, std::size_t publishers)
      : publishers_(publishers), next_(clients * publishers) {}

  // True if `sequence` is what `client` must get next from `publisher`; counts it as got.
  bool Accept(std::size_t client, std::size_t publisher, std::uint32_t sequence) {
    if (publisher >= publishers_) {
      return false;
    }
    std::uint32_t& next = next_[client * publishers_ + publisher];
    if (sequence != next) {
      return false;
    }
    ++next;
    return true;
  }

 private:
  std::size_t publishers_;
  // Client by client, so that a client's numbers share a cache line.
  std::vector<std::uint32_t> next_;
};

}  // namespace fanfare::bench
