#include "bench/delivery_check.h"

namespace fanfare::bench {

DeliveryCheck::DeliveryCheck(const Roster& roster)
    : roster_(roster),
      publishers_per_room_(roster.PublishersIn(0)),
      next_(roster.connections * publishers_per_room_, kAny),
      published_(roster.publishers),
      listeners_(roster.publishers) {}

void DeliveryCheck::ExpectAll(std::size_t client) {
  const std::size_t room = roster_.RoomOf(client);
  for (std::size_t i = 0; i < roster_.PublishersIn(room); ++i) {
    const std::size_t publisher = roster_.PublisherOf(room, i);
    std::uint32_t& next = NextOf(client, publisher);
    if (next == kAny) {
      next = published_[publisher];
      ++listeners_[publisher];
    }
  }
}

void DeliveryCheck::Leave(std::size_t client) {
  const std::size_t room = roster_.RoomOf(client);
  for (std::size_t i = 0; i < roster_.PublishersIn(room); ++i) {
    const std::size_t publisher = roster_.PublisherOf(room, i);
    std::uint32_t& next = NextOf(client, publisher);
    if (next != kAny) {
      owed_ -= published_[publisher] - next;
      --listeners_[publisher];
      next = kAny;
    }
  }
}

bool DeliveryCheck::HasHeard(std::size_t client) const {
  const std::size_t room = roster_.RoomOf(client);
  for (std::size_t i = 0; i < roster_.PublishersIn(room); ++i) {
    if (NextOf(client, roster_.PublisherOf(room, i)) != kAny) {
      return true;
    }
  }
  return false;
}

std::uint32_t DeliveryCheck::Behind(std::size_t client, std::size_t publisher) const {
  const std::uint32_t next = NextOf(client, publisher);
  return next == kAny ? 0 : published_[publisher] - next;
}

Delivery DeliveryCheck::TakeOutOfTurn(std::size_t client, std::size_t publisher,
                                      std::uint32_t sequence) {
  const std::size_t index = IndexOf(client, publisher);
  std::uint32_t& next = next_[index];
  if (next == kAny) {
    next = sequence + 1;
    ++listeners_[publisher];
    owed_ += published_[publisher] - next;
    return Delivery::kFirst;
  }
  if (sequence < next) {
    if (gaps_.erase({index, sequence}) == 0) {
      return Delivery::kRepeated;
    }
    --missing_;
    return Delivery::kLate;
  }
  owed_ -= sequence - next + 1;
  missing_ += sequence - next;
  for (; next < sequence && gaps_.size() < kMostGaps; ++next) {
    gaps_.insert({index, next});
  }
  next = sequence + 1;
  return Delivery::kAfterGap;
}

}  // namespace fanfare::bench
