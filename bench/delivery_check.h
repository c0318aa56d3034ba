// Exactly once and in order: what every client must see.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "bench/roster.h"

namespace fanfare::bench {

// What a message that a client got is to it.
enum class Delivery : std::uint8_t {
  // The next one of its publisher.
  kDue,
  // The first that it heard of this publisher since it joined, so what it should be is not known.
  kFirst,
  // Messages before it have not come.
  kAfterGap,
  // One of those, after a later one of its publisher: out of order.
  kLate,
  // Already had.
  kRepeated,
  // Never published in its room.
  kForeign,
};

// Checks that every client gets every message of its room exactly once and, for each publisher, in
// the order of sending: per client and publisher it holds the one sequence number that may come
// next, and in all how many deliveries are still owed.
//
// A client that joins while others publish can not say which message its first should be. So
// nothing of a publisher is owed to it before it has heard that publisher once, or until ExpectAll.
class DeliveryCheck {
 public:
  // Nobody has joined, and nothing is published yet.
  explicit DeliveryCheck(const Roster& roster);

  // From now on all of its room's messages are owed to the client, whether it has heard from their
  // publishers or not.
  void ExpectAll(std::size_t client);

  // What is still owed to the client is so no longer.
  void Leave(std::size_t client);

  // True if something has come to the client from any publisher since it joined.
  bool HasHeard(std::size_t client) const;

  // The number of the publisher's next message, which is owed to all of its room from now on.
  std::uint32_t Publish(std::size_t publisher) {
    owed_ += listeners_[publisher];
    return published_[publisher]++;
  }

  Delivery Take(std::size_t client, std::size_t publisher, std::uint32_t sequence) {
    if (publisher >= published_.size() || roster_.RoomOf(client) != roster_.RoomOf(publisher) ||
        sequence >= published_[publisher]) {
      return Delivery::kForeign;
    }
    std::uint32_t& next = NextOf(client, publisher);
    if (sequence != next) {
      return TakeOutOfTurn(client, publisher, sequence);
    }
    ++next;
    --owed_;
    return Delivery::kDue;
  }

  // How many messages of the publisher's are owed to the client: the last ones.
  std::uint32_t Behind(std::size_t client, std::size_t publisher) const;

  std::uint32_t published(std::size_t publisher) const { return published_[publisher]; }

  // Deliveries that must still come.
  std::int64_t owed() const { return owed_; }

  // Messages that later ones of their publishers have overtaken, and that have not come since.
  std::int64_t missing() const { return missing_; }

 private:
  // In place of the next sequence number: any.
  static constexpr std::uint32_t kAny = 0xFFFF'FFFF;
  // A server that loses more has been caught; beyond this, late messages count as repeated.
  static constexpr std::size_t kMostGaps = 1 << 20;

  std::size_t IndexOf(std::size_t client, std::size_t publisher) const {
    return client * publishers_per_room_ + roster_.PlaceInRoom(publisher);
  }
  std::uint32_t& NextOf(std::size_t client, std::size_t publisher) {
    return next_[IndexOf(client, publisher)];
  }
  std::uint32_t NextOf(std::size_t client, std::size_t publisher) const {
    return next_[IndexOf(client, publisher)];
  }
  Delivery TakeOutOfTurn(std::size_t client, std::size_t publisher, std::uint32_t sequence);

  const Roster roster_;
  const std::size_t publishers_per_room_;
  // Client by client, so that a client's numbers share a cache line.
  std::vector<std::uint32_t> next_;
  // Per publisher.
  std::vector<std::uint32_t> published_;
  // Per publisher: the clients for which the next number is known.
  std::vector<std::int64_t> listeners_;
  // Which messages are missing: the index in next_, and the sequence number.
  absl::flat_hash_set<std::pair<std::size_t, std::uint32_t>> gaps_;
  std::int64_t owed_ = 0;
  std::int64_t missing_ = 0;
};

}  // namespace fanfare::bench
