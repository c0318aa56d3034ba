// Which requests to publish were carried out lately.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "absl/hash/hash.h"
#include "routes/chat/protocol.h"

namespace fanfare::chat {

// The newest publishes of somebody by the ids that they gave them in each room, so that one that
// comes again is recognised. At `kRememberedPublishes`, the oldest is forgotten.
//
// Thread: one at a time.
class RecentPublishes {
 public:
  struct Event {
    std::string room;
    // Of the room: in another one, the offset means something else.
    std::string epoch;
    std::uint64_t offset = 0;
    // As it was sent.
    std::string time;
  };

  RecentPublishes() = default;
  RecentPublishes(const RecentPublishes&) = delete;
  RecentPublishes& operator=(const RecentPublishes&) = delete;

  // What became of an id in this life of this room; null if it is new there.
  const Event* Find(std::string_view id, std::string_view room, std::string_view epoch) const {
    const auto found = by_id_.find({room, id});
    const bool is_it = found != by_id_.end() && found->second->event.epoch == epoch;
    return is_it ? &found->second->event : nullptr;
  }

  void Add(std::string id, Event event) {
    // Of an earlier life of the room.
    if (const auto old = by_id_.find({event.room, id}); old != by_id_.end()) Forget(old->second);
    if (publishes_.size() == kRememberedPublishes) Forget(publishes_.begin());
    publishes_.push_back({.id = std::move(id), .event = std::move(event)});
    by_id_.emplace(KeyOf(publishes_.back()), std::prev(publishes_.end()));
  }

  std::size_t size() const { return publishes_.size(); }

 private:
  struct Publish {
    std::string id;
    Event event;
  };
  using Key = std::pair<std::string_view, std::string_view>;

  static Key KeyOf(const Publish& publish) { return {publish.event.room, publish.id}; }
  void Forget(std::list<Publish>::iterator publish) {
    by_id_.erase(KeyOf(*publish));
    publishes_.erase(publish);
  }

  // The oldest first.
  std::list<Publish> publishes_;
  // Views of what is in the list.
  std::unordered_map<Key, std::list<Publish>::iterator, absl::Hash<Key>> by_id_;
};

}  // namespace fanfare::chat
