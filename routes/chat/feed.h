// A room's events for those who read them as server-sent events.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/route.h"

namespace fanfare::chat {

// An event as a reader is sent it (WHATWG HTML, "Server-sent events"): its JSON with an id that
// tells where in the room it is. The JSON has no line breaks.
std::string FeedEvent(const std::string& epoch, std::uint64_t offset, std::string_view json);
// What a new reader is sent first, so that it comes back with this offset if it is cut off before
// anything else comes; its program sees nothing of it.
std::string FeedPlace(const std::string& epoch, std::uint64_t offset);
// What a reader is sent first that came back and may have missed something.
std::string FeedGap(const std::string& room, const std::string& epoch, std::uint64_t offset,
                    std::uint64_t first);

// The same events as in another channel, in the format of event streams, encoded once each. It
// keeps what that channel keeps, or a little less.
//
// Thread: one at a time (the room's mutex sees to that).
class Feed {
 public:
  // Begins with what `events` keeps, which are the room's events from offset 1 on. `channel` must
  // be new, of Format::kEventStream, and keep history.
  Feed(std::string epoch, const Channel& events, std::shared_ptr<Channel> channel);

  void Add(std::uint64_t offset, std::string_view json);
  std::size_t log_memory() const { return channel_->log_memory(); }
  void Expire() { channel_->ExpireHistory(); }

  // The oldest offset that is kept; that of the next event, if none is.
  std::uint64_t first() const { return base_ + channel_->kept().first + 1; }

  // What comes from now on, and what came after an event, which is empty if that is not kept.
  Subscription Subscribe(Session& session) { return session.Subscribe(*channel_); }
  Subscription SubscribeAfter(Session& session, std::uint64_t offset);

 private:
  const std::string epoch_;
  // The offset of the last event before the channel's first message.
  const std::uint64_t base_;
  const std::shared_ptr<Channel> channel_;
};

}  // namespace fanfare::chat
