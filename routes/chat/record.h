// What is said in a room, as the protocol tells it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "core/route.h"
#include "routes/chat/author.h"
#include "routes/chat/events.h"
#include "routes/chat/feed.h"
#include "routes/chat/protocol.h"
#include "routes/chat/requests.h"

namespace fanfare::chat {

// The events of a room: a channel that keeps them, encoded once each, and what is needed to change
// them. An event's offset is one more than its message's in the channel.
//
// Thread: one at a time (the room's mutex sees to that).
class Record {
 public:
  // An event that was published, or that was there before.
  struct Published {
    std::uint64_t offset = 0;
    std::string time = {};
    // Nothing changed; the event is the one that made it so.
    bool is_duplicate = false;
  };

  // `channel` must keep history, and be new.
  Record(std::string room, std::shared_ptr<Channel> channel);

  Channel& channel() { return *channel_; }
  // Which life of the room the offsets count in.
  const std::string& epoch() const { return epoch_; }
  // The offsets of the newest event, and of the oldest that is kept; newest + 1 if none is.
  std::uint64_t newest() const;
  std::uint64_t first() const;
  // Of its channels' logs.
  std::size_t log_memory() const;
  // Lets go of what became too old.
  void Expire();

  Published AddMessage(const Author& from, const Content& content);
  // What a plain client sent as a binary message.
  Published AddBinary(const Author& from, std::string_view bytes);
  OrError<Published> AddEdit(const Author& from, std::uint64_t target, const Content& content);
  OrError<Published> AddDelete(const Author& from, std::uint64_t target);
  OrError<Published> AddReaction(const Author& from, const React& react);

  // The same events for readers of event streams, while there are any; null else. `channel`: see
  // Feed.
  void BeginFeed(std::shared_ptr<Channel> channel);
  void EndFeed() { feed_ = nullptr; }
  Feed* feed() { return feed_.get(); }

  // Sends all who are there something that is no event.
  void Pass(std::string_view frame);

  // The newest events with offsets under `before`, oldest first, each as JSON. Deleted messages are
  // without their content.
  std::deque<std::string> Read(std::uint64_t before, std::size_t limit) const;

 private:
  // An event's beginning: all that events have in common.
  JsonObject Begin(std::string_view type, const Author& from, const std::string& time) const;
  Published Append(JsonObject event, std::string time);

  const std::string room_;
  const std::string epoch_;
  const std::shared_ptr<Channel> channel_;
  Events events_;
  std::unique_ptr<Feed> feed_;
};

}  // namespace fanfare::chat
