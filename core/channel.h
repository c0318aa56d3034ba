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

// What becomes of a subscriber that reads more slowly than the channel sends.
enum class SlowReaders {
  // What its log keeps is for it too. When that is not enough, the session is closed with 1013; the
  // reason says at which offset it stopped.
  kDisconnect,
  // When the log is not enough, it goes on with what comes next, and its handler is told how many
  // messages it missed.
  kSkip,
  // It is sent only the newest message that there is when it can take one, and so are all others:
  // of the messages that are published in one turn of a shard's loop, the last. For feeds of which
  // the latest state is all that matters.
  kLatest,
};

// Sends what is published to all subscribers, in one order for all of them, on whatever shard they
// are. Publishing encodes the message once and appends it to the channel's log; its cost does not
// depend on the number of subscribers, who are sent it at the end of their loop's turn.
//
// Made by RouteContext::MakeChannel. Thread: any. Lifetime: must outlive its subscriptions.
class Channel {
 public:
  // `log_bytes`: what is kept for the slowest subscriber.
  Channel(std::string name, std::size_t log_bytes,
          SlowReaders slow_readers = SlowReaders::kDisconnect);
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
  const SlowReaders slow_readers_;
  mutable std::mutex mutex_;
  // The next message's.
  std::uint64_t offset_ = 0;
  std::unique_ptr<Log> log_;
  // One for each shard that has subscribers.
  std::vector<SubscriberGroup*> groups_;
};

}  // namespace fanfare
