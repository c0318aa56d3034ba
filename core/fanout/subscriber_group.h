// The subscribers that a channel has on one shard.
#pragma once

#include <sys/uio.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/fanout/egress.h"
#include "core/fanout/log.h"
#include "core/fanout/subscriber.h"
#include "core/session_report.h"
#include "core/stats.h"

namespace fanfare {

class Channel;
class Fanout;

// How much a subscriber has yet to be sent.
struct Lag {
  std::uint64_t bytes = 0;
  std::uint64_t messages = 0;
};

// Operations for direct subscribers, gathered from many groups and handed to the egress at once.
struct SendBatch {
  static constexpr std::size_t kMaxOps = 256;

  // So much is copied to sockets between two looks at the time.
  static constexpr std::uint64_t kMaxBytes = 1 << 20;

  bool full() const { return ops.size() >= kMaxOps || bytes >= kMaxBytes; }

  std::uint64_t bytes = 0;
  std::vector<SendOp> ops;
  // ops[i] is for subscribers[i].
  std::vector<Subscriber*> subscribers;
};

// Sends a channel's new bytes to its subscribers on one shard, in *passes*: a pass takes the log's
// head as its goal and sends every direct subscriber the bytes up to there, the same ones for all;
// it may be spread over several turns. Lagging subscribers are left to their SocketWriters.
//
// Thread: its shard, but for Wake. Lifetime: made by the channel's first subscriber on the shard;
// leaves the channel with the last one.
class SubscriberGroup : public std::enable_shared_from_this<SubscriberGroup> {
 public:
  SubscriberGroup(Channel& channel, Fanout& fanout);
  ~SubscriberGroup();
  SubscriberGroup(const SubscriberGroup&) = delete;
  SubscriberGroup& operator=(const SubscriberGroup&) = delete;

  // Called once, when a shared_ptr owns the group: from then on other shards wake it.
  void JoinChannel();
  // Tells the shard, once until its next pass, that the log has grown. Any thread, which holds the
  // channel's mutex.
  void Wake() noexcept;

  // The new subscriber is sent what is published from now on; or from the kept message with that
  // offset on, and is null if that is not kept.
  std::unique_ptr<Subscriber> Add(SocketWriter& writer,
                                  std::optional<std::uint64_t> from = std::nullopt);
  void Remove(Subscriber& subscriber);
  // A group without subscribers leaves its channel, and ends.
  void LeaveIfEmpty();
  bool empty() const { return direct_.empty() && lagging_.empty(); }

  // One pass: Begin; Fill until it returns true, handing over the batch whenever it is full; OnSent
  // for each result; End, which says whether another pass is due.
  void BeginPass();
  bool Fill(SendBatch& batch);
  void OnSent(Subscriber& subscriber, std::int64_t result);
  using Time = std::chrono::steady_clock::time_point;
  bool EndPass(Time now);
  bool in_pass() const { return in_pass_; }

  // For SocketWriter: a lagging subscriber's bytes, in at most `max_pieces` pieces, and how it goes
  // on after some of them were sent.
  bool HasDue(const Subscriber& subscriber) const;
  void Gather(const Subscriber& subscriber, std::size_t max_pieces, std::vector<iovec>& out) const;
  // How many bytes of the frame that was sent in part are still to be sent.
  std::size_t RestOfFrame(const Subscriber& subscriber) const;
  void Advance(Subscriber& subscriber, std::size_t bytes);
  // Appends the rest of a frame that was sent in part.
  void CopyRestOfFrame(const Subscriber& subscriber, std::string& out) const;

  void MakeLagging(Subscriber& subscriber);
  // Makes a subscriber direct if it stands where the direct ones do and its writer allows it.
  void MakeDirectIfAligned(Subscriber& subscriber);

  // For operators: how many bytes lie between the subscriber's cursor and the log's head.
  std::uint64_t LagOf(const Subscriber& subscriber) const;
  // What the group has sent to each that was direct ever since. A direct subscriber's writer has
  // counted so much too little (see SocketWriter::sent), so that a pass touches no session.
  Tally SentDirectly(const Subscriber& subscriber) const {
    return SentUpTo(PositionOf(subscriber));
  }
  // How far the slowest subscriber is behind the channel's newest message.
  Lag SlowestLag() const;

  // For Fanout: whether the group is on its list, and was woken since its pass began.
  bool queued = false;
  bool due = false;

 private:
  struct Direct {
    int socket;
    Subscriber* subscriber;
  };

  friend class Channel;

  // What the pass before this one knew of the log: where it ended, and how many messages came
  // before.
  struct Seen {
    LogPosition end;
    std::uint64_t count;
  };
  Seen Fetch();
  void SkipDirect(const Seen& before);
  // Lagging subscribers that the log has dropped something for, or that are sent the newest only.
  void HandleSlow(const Seen& before);
  // A lagging subscriber goes on from there; a frame that was begun is finished first.
  void Skip(Subscriber& subscriber, LogPosition to);
  std::uint64_t CountAt(LogPosition boundary, const Seen& seen) const;
  LogPosition PositionOf(const Subscriber& subscriber) const;
  // What was sent to those direct subscribers that stand there: at from_, or at to_.
  Tally SentUpTo(LogPosition position) const;
  // The subscriber stands at that position, and its writer counts what it is sent from now on.
  void RemoveDirect(Subscriber& subscriber, LogPosition position);
  void RemoveLagging(Subscriber& subscriber);
  void AddLagging(Subscriber& subscriber, LogPosition position);
  // Whether a lagging subscriber has yet to reach to_, and so may need what lies before.
  bool IsBehind(const Subscriber& subscriber) const { return subscriber.position < to_; }
  // One that was behind is not any more. With the last of them, the log is given back that they
  // needed: no pass may come for long.
  void CountNotBehind();
  // Gives back what no subscriber of this shard needs any more.
  void ReleaseLogBefore(LogPosition needed);
  // Counts and logs the frames from `boundary` that end at or before `end`; returns the last end.
  struct Counted {
    LogPosition boundary;
    std::uint64_t messages;
  };
  Counted CountSent(const SocketWriter& writer, LogPosition boundary, LogPosition end);

  // Null after the last subscriber has left.
  Channel* channel_;
  Fanout& fanout_;
  RouteStats& route_stats_;
  // Guarded by the channel's mutex: whether Wake has been called since the last Fetch, and what
  // this shard still needs of the log.
  bool woken_ = false;
  Time woken_at_{};
  LogPosition released_ = 0;

  LogWindow window_;
  // The log, when it was last fetched; `seen_.end` is the window's.
  Seen seen_{};
  LogPosition tail_ = 0;
  LogPosition newest_ = 0;
  // Before it, there were messages that were never fetched, nor counted.
  LogPosition uncounted_ = 0;
  std::vector<Direct> direct_;
  std::vector<Subscriber*> lagging_;
  // How many of lagging_ are behind; of use between passes, and counted at the end of each.
  std::size_t behind_ = 0;

  // The pass: direct_[0, next_) stand at to_, the others at from_. Between passes from_ == to_.
  bool in_pass_ = false;
  std::size_t next_ = 0;
  LogPosition from_ = 0;
  LogPosition to_ = 0;
  // The bytes from from_ to to_, and how many messages they are.
  std::vector<iovec> run_;
  std::uint64_t run_bytes_ = 0;
  std::uint64_t run_messages_ = 0;
  // What the passes before this one sent to each direct subscriber.
  Tally sent_directly_;
  // When the oldest message was published that is not sent yet; nothing when all are.
  std::optional<Time> waiting_since_;
};

}  // namespace fanfare
