#include "routes/chat/feed.h"

#include <limits>
#include <utility>

#include "routes/chat/json_object.h"

namespace fanfare::chat {

std::string FeedEvent(const std::string& epoch, std::uint64_t offset, std::string_view json) {
  std::string event = "id: ";
  event.append(epoch).append(":").append(std::to_string(offset));
  event.append("\ndata: ").append(json).append("\n\n");
  return event;
}

std::string FeedPlace(const std::string& epoch, std::uint64_t offset) {
  std::string event = "id: ";
  event.append(epoch).append(":").append(std::to_string(offset)).append("\n\n");
  return event;
}

std::string FeedGap(const std::string& room, const std::string& epoch, std::uint64_t offset,
                    std::uint64_t first) {
  return FeedEvent(epoch, offset,
                   JsonObject()
                       .Text("type", "gap")
                       .Text("room", room)
                       .Flag("recovered", false)
                       .Text("epoch", epoch)
                       .Number("offset", offset)
                       .Number("first", first)
                       .Take());
}

Feed::Feed(std::string epoch, const Channel& events, std::shared_ptr<Channel> channel)
    : epoch_(std::move(epoch)), base_(events.kept().first), channel_(std::move(channel)) {
  // There, event n is message n - 1.
  events.ReadKept(base_, std::numeric_limits<std::uint64_t>::max(),
                  [this](std::uint64_t offset, Message event) { Add(offset + 1, event.payload); });
}

void Feed::Add(std::uint64_t offset, std::string_view json) {
  const std::string event = FeedEvent(epoch_, offset, json);
  channel_->Publish({.type = MessageType::kText, .payload = event});
}

Subscription Feed::SubscribeAfter(Session& session, std::uint64_t offset) {
  if (offset < base_) return Subscription();
  return session.SubscribeFrom(*channel_, offset - base_);
}

}  // namespace fanfare::chat
