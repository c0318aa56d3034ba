// A named, ordered stream of messages and its subscribers.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
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

// What a channel keeps of what was published, for those who come later: the newest messages, as
// long as all three allow.
struct History {
  std::size_t messages = 0;
  // Counted with their frames. At most half of what the channel keeps for slow readers is taken.
  std::size_t bytes = 0;
  std::chrono::seconds age{0};
};

// What a route wants of a channel.
struct ChannelSettings {
  History history = {};
  // Sessions can subscribe to channels of their own format only.
  Format format = Format::kWebSocket;
};

// Sends what is published to all subscribers, in one order for all of them, on whatever shard they
// are. Publishing encodes the message once and appends it to the channel's log; its cost does not
// depend on the number of subscribers, who are sent it at the end of their loop's turn.
//
// Made by RouteContext::MakeChannel. Thread: any. Lifetime: must outlive its subscriptions.
class Channel {
 public:
  struct Settings {
    // What is kept for the slowest subscriber.
    std::size_t log_bytes = std::size_t{4} * 1024 * 1024;
    SlowReaders slow_readers = SlowReaders::kDisconnect;
    History history = {};
    Format format = Format::kWebSocket;
    // Whose it is, by the name that it registered: for the counters.
    std::string_view route = {};
  };

  Channel(std::string name, Settings settings);
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  const std::string& name() const { return name_; }
  Format format() const { return settings_.format; }

  // Appends a message and returns its offset: 0 for the channel's first, 1 for the next.
  std::uint64_t Publish(Message message);
  // The same for what is of no use later, such as that somebody is typing: it takes its turn among
  // the others, but has no offset and is not kept. (A subscriber that begins at an older message is
  // sent it, too, if it lies between.)
  void PublishPassing(Message message);

  // The offsets of what is kept: from `first` to before `next`, which is the next message's.
  struct Range {
    std::uint64_t first;
    std::uint64_t next;
  };
  Range kept() const;
  // Shows the kept messages with offsets from `from` to before `to`, oldest first. Nothing else can
  // be done with the channel meanwhile.
  void ReadKept(std::uint64_t from, std::uint64_t to,
                absl::FunctionRef<void(std::uint64_t offset, Message message)> show) const;
  // Lets go of what has become too old, also when nothing is published.
  void ExpireHistory();

  // Bytes of memory that hold messages which somebody has yet to be sent, and the history.
  std::size_t log_memory() const;

 private:
  friend class SubscriberGroup;

  using Clock = std::chrono::steady_clock;
  struct Kept {
    std::uint64_t position = 0;
    Clock::time_point time = {};
  };

  // The caller of these holds the mutex.
  void Append(Message message);
  void TrimHistory(Clock::time_point now);
  // Where the message with this offset starts in the log; nothing if it is not kept.
  std::optional<std::uint64_t> PositionOf(std::uint64_t offset) const;
  // Gives back what no shard needs any more, nor the history.
  void ReleaseLog();

  const std::string name_;
  const Settings settings_;
  mutable std::mutex mutex_;
  // The next message's.
  std::uint64_t offset_ = 0;
  // All messages, passing ones too.
  std::uint64_t appended_ = 0;
  std::unique_ptr<Log> log_;
  // The last one is that of offset_ - 1.
  std::deque<Kept> kept_;
  // One for each shard that has subscribers.
  std::vector<SubscriberGroup*> groups_;
};

}  // namespace fanfare
