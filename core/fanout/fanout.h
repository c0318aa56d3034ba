// The sending half of a shard: what leaves at the end of each turn of its event loop.
#pragma once

#include <sys/uio.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/fanout/egress.h"
#include "core/fanout/subscriber_group.h"
#include "core/stats.h"

namespace fanfare {

class Channel;
class SocketWriter;

// Collects, during a turn of a shard's loop, which sockets and which channels have something to
// send, and sends it at the turn's end, which is that of a Turn or else comes with the next task of
// the loop: first what sessions have of their own, then the channels'
// passes, then what is due to lagging subscribers.
//
// A turn sends for about 2 ms at most; the rest is left to the next turn, after the reads, accepts
// and timers that are ready by then. So a large room does not starve the others.
//
// Thread: one shard's, but for Wake.
class Fanout {
 public:
  // Runs a task on the shard's thread, after the tasks and the I/O that are ready now. Any thread.
  using Post = std::function<void(std::function<void()>)>;

  struct Settings {
    bool log_messages = false;
    std::chrono::steady_clock::duration turn_budget = std::chrono::milliseconds(2);
  };

  Fanout(std::unique_ptr<Egress> egress, Post post, Settings settings, Stats& stats);
  ~Fanout();
  Fanout(const Fanout&) = delete;
  Fanout& operator=(const Fanout&) = delete;

  // Says that the calling thread is this shard's.
  void BindToThisThread();

  // Any thread: the group's channel has new bytes.
  void Wake(std::shared_ptr<SubscriberGroup> group);

  // The channel's subscribers on this shard.
  SubscriberGroup& GroupOf(Channel& channel);
  void Forget(const Channel& channel);

  // The writer has something to send. Called once until the writer is asked for it.
  void Queue(SocketWriter& writer);
  void Unqueue(SocketWriter& writer);
  // The writer's owner is to be told, at the end of the turn, that a subscription of its fell
  // behind its log, and where that was or what was skipped.
  struct Fall {
    SocketWriter* writer;
    // Empty when nothing was skipped.
    std::string skipped_channel;
    // The messages that were skipped, or else the offset of the next one, where that is known.
    std::optional<std::uint64_t> number;
  };
  void ReportFall(Fall fall) { falls_.push_back(std::move(fall)); }

  // While one lives, what becomes due waits for its end, and is sent then.
  class Turn {
   public:
    explicit Turn(Fanout& fanout) : fanout_(fanout) { fanout_.in_turn_ = true; }
    ~Turn() { fanout_.EndTurn(); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    Fanout& fanout_;
  };

  // Sends all that is due, but for sockets that would block. The shard's loop does this by itself,
  // turn by turn; this is for a stop, when nothing more is published. Gives up at the deadline.
  using Time = std::chrono::steady_clock::time_point;
  void Flush(Time deadline);
  // One turn, which sends for this long at most.
  void RunTurn(std::chrono::steady_clock::duration budget);

  void set_log_messages(bool on) { settings_.log_messages = on; }
  // Of all subscribers, how far the one that is most bytes behind is. Looks at every lagging one.
  Lag SlowestLag() const;

  bool log_messages() const { return settings_.log_messages; }
  Stats& stats() { return stats_; }
  const Egress& egress() const { return *egress_; }

 private:
  void Schedule();
  void EndTurn();
  bool HasDue() const { return !writers_.empty() || !groups_.empty() || !falls_.empty(); }
  void Enqueue(std::shared_ptr<SubscriberGroup> group);
  void FlushWriters(Time deadline);
  std::size_t SendQueued(std::span<SocketWriter* const> due);
  Time RunPasses(Time deadline);
  void SendDirect();
  void TellFalls();

  const std::unique_ptr<Egress> egress_;
  const Post post_;
  Settings settings_;
  Stats& stats_;
  // A turn has been posted; a Turn lives.
  bool scheduled_ = false;
  bool in_turn_ = false;
  std::unordered_map<const Channel*, std::shared_ptr<SubscriberGroup>> channels_;
  // What is due.
  std::vector<SocketWriter*> writers_;
  std::vector<std::shared_ptr<SubscriberGroup>> groups_;
  std::vector<Fall> falls_;
  // Kept from turn to turn for their memory.
  SendBatch batch_;
  std::vector<SocketWriter*> sending_;
  std::vector<SendOp> ops_;
  std::vector<iovec> pieces_;
};

}  // namespace fanfare
