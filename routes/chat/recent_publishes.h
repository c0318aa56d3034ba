// Which requests to publish were carried out lately.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

#include "routes/chat/protocol.h"

namespace fanfare::chat {

// The newest publishes of somebody by the ids that they gave them, so that one that comes again is
// recognised. At `kRememberedPublishes`, the oldest is forgotten.
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

  // What became of an id in this life of this room; null if it is new there.
  const Event* Find(const std::string& id, const std::string& room,
                    const std::string& epoch) const {
    const auto found = events_.find(id);
    const bool is_it =
        found != events_.end() && found->second.room == room && found->second.epoch == epoch;
    return is_it ? &found->second : nullptr;
  }

  void Add(const std::string& id, Event event) {
    const auto [at, is_new] = events_.insert_or_assign(id, std::move(event));
    if (!is_new) return;
    order_.push_back(id);
    if (order_.size() <= kRememberedPublishes) return;
    events_.erase(order_.front());
    order_.pop_front();
  }

  std::size_t size() const { return events_.size(); }

 private:
  std::unordered_map<std::string, Event> events_;
  // The ids, the oldest first.
  std::deque<std::string> order_;
};

}  // namespace fanfare::chat
