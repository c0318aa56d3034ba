// A named, ordered stream of messages and its subscribers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/message.h"

namespace fanfare {

class Log;
class SubscriberGroup;

// Sends what is published to all subscribers, in one order for all of them, on whatever shard they
// are. Publishing encodes the message once and appends it to the channel's log; its cost does not
// depend on the number of subscribers, who are sent it at the end of their loop's turn.
//
// Made by RouteContext::MakeChannel. Thread: any. Lifetime: must outlive its subscriptions.
class Channel {
 public:
  // `log_bytes`: what is kept for the slowest subscriber; one further behind is closed with 1013.
  Channel(std::string name, std::size_t log_bytes);
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  const std::string& name() const { return name_; }

  // Appends a message and returns its offset: 0 for the channel's first, 1 for the next.
  std::uint64_t Publish(Message message);

  // Bytes of memory that hold messages which somebody has yet to be sent.
  std::size_t log_memory() const;

 private:
  friend class SubscriberGroup;

  const std::string name_;
  mutable std::mutex mutex_;
  // The next message's.
  std::uint64_t offset_ = 0;
  std::unique_ptr<Log> log_;
  // One for each shard that has subscribers.
  std::vector<SubscriberGroup*> groups_;
};

}  // namespace fanfare
