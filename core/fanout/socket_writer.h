// The write side of one session's socket.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "core/event_log.h"
#include "core/fanout/egress.h"
#include "core/fanout/subscriber.h"
#include "core/message.h"
#include "core/session_report.h"
#include "core/stats.h"
#include "core/tls/tls_session.h"

namespace fanfare {

class Channel;
class Fanout;

// Everything that leaves through a session's socket: the session's own frames (the outbox) and
// those of the channels that it is subscribed to, joined at frame boundaries into one stream of
// bytes.
//
// While the socket takes all it is given and the session has one channel, the channel's group sends
// to the socket directly, and there is nothing to do here. Otherwise Fanout asks for what is due
// (Gather) and says how much of it was sent (OnSent).
//
// A session of TLS is never sent to directly. What is gathered for it is encrypted at once, up to
// kMaxEncryptedBytes, and counts as sent by then; nothing more is gathered until all of that has
// left.
//
// Thread: its shard. Lifetime: belongs to a connection, and must be closed before the socket is.
class SocketWriter {
 public:
  // What the connection does for its writer. None of these may destroy the writer.
  class Owner {
   public:
    // The socket would block: call OnWritable when it would not.
    virtual void WaitWritable() = 0;
    // The peer is gone; the read side will find out, too, if the socket is shut down.
    virtual void OnSendFailed() = 0;
    // A subscription fell off its log's tail; `offset` is that of the next message it would have
    // been sent, where the channel does not keep its messages anyway. Called at the end of a turn,
    // as is the next.
    virtual void OnFellBehind(std::optional<std::uint64_t> offset) = 0;
    // It goes on where the log is now.
    virtual void OnMissed(const std::string& channel, std::uint64_t messages) = 0;
    // Some of what waited here has been given to the kernel; see outbox_size() and drained().
    virtual void OnProgress() = 0;
    // For the log.
    virtual LogSubject subject() const = 0;

   protected:
    ~Owner() = default;
  };

  struct Settings {
    // At this many unsent bytes Write refuses.
    std::size_t outbox_bytes = 0;
    // Of messages, and of the channels that it may subscribe to.
    Format format = Format::kWebSocket;
    // What it counts for; null: for no route.
    RouteStats* route = nullptr;
  };

  // Beyond the kernel's buffer, a slow reader's session of TLS holds so much: a few records.
  static constexpr std::size_t kMaxEncryptedBytes = 64 * 1024;

  // `tls` is null for a session in plain text; else its handshake is over.
  SocketWriter(Fanout& fanout, Owner& owner, int socket, Settings settings,
               std::unique_ptr<TlsSession> tls = nullptr);
  ~SocketWriter();
  SocketWriter(const SocketWriter&) = delete;
  SocketWriter& operator=(const SocketWriter&) = delete;

  // Queues whole frames, or one message, for the end of the turn. False when the outbox has no
  // room.
  [[nodiscard]] bool Write(std::string_view frames);
  [[nodiscard]] bool Write(Message message);
  // The same for what there is always room for, because there is one of it: the close frame.
  void WriteRegardless(std::string_view frames);

  // From a kept message's offset on, if one is given; null when that is not kept.
  std::unique_ptr<Subscriber> Subscribe(Channel& channel,
                                        std::optional<std::uint64_t> from = std::nullopt);
  void Unsubscribe(Subscriber& subscriber);
  // Ends all subscriptions; the rest of a frame that was sent in part still goes out. Nothing but a
  // close frame may follow.
  void EndSubscriptions();
  // Ends everything: the socket is about to be closed. May be called again.
  void Close();

  // Sends nothing until OnWritable is called.
  void Hold() { blocked_ = true; }
  void OnWritable();

  // Whether nothing is waiting, neither here nor in a channel.
  bool drained() const;
  // When all has left, says that nothing more comes, if it is TLS. True when that has left, too:
  // call it again after OnProgress until then.
  [[nodiscard]] bool Finish();
  std::size_t outbox_size() const { return outbox_.size() - sent_; }
  // For operators: what the kernel took for this session, and how far its cursors are behind.
  Tally sent() const;
  std::uint64_t lag_bytes() const;
  // Bytes of memory that the outbox takes.
  std::size_t outbox_memory() const { return outbox_.capacity(); }
  int socket() const { return socket_; }
  Format format() const { return settings_.format; }
  Owner& owner() { return owner_; }
  // Whose output is sent, too, after Queue.
  TlsSession* tls() const { return tls_.get(); }

  // For SubscriberGroup.
  bool can_send_directly() const;
  // The rest of a frame that was sent in part, which is to go out whatever becomes of the
  // subscription: peers must get whole frames.
  void TakeRestOfFrame(const Subscriber& subscriber);
  // A direct send was cut short; the subscriber is lagging now.
  void OnDirectSendStopped(Subscriber& subscriber, std::int64_t result);
  void LogSent(Message message) const;
  // What a lagging subscriber was sent, or one that is not direct any more since it became so.
  void CountSent(const Tally& sent) { sent_tally_ += sent; }
  void UncountSent(const Tally& sent) { sent_tally_ -= sent; }
  // Asks Fanout for a turn.
  void Queue();

  // For Fanout. Gather appends to `pieces` what is due, in the order in which it must leave, and
  // returns how many bytes these are; zero when nothing is due or the socket would block.
  std::size_t Gather(std::vector<iovec>& pieces);
  // What came of sending what was gathered: bytes, or a negative errno.
  void OnSent(std::int64_t result);
  void ClearQueued() { queued_ = false; }

 private:
  // A stretch of what was gathered; a null subscriber stands for the outbox.
  struct Stretch {
    Subscriber* subscriber;
    std::size_t bytes;
  };

  // Whatever is written now is dropped.
  bool is_over() const { return socket_ < 0 || failed_; }
  std::size_t GatherPlain(std::vector<iovec>& pieces);
  std::size_t GatherEncrypted(std::vector<iovec>& pieces);
  void GatherFrom(Subscriber& subscriber, std::size_t most, std::vector<iovec>& pieces);
  void Advance(std::size_t bytes);
  void Block();
  void Fail();
  void DropUnsent();
  void StopDirect();
  void MakeDirectWherePossible();

  Fanout& fanout_;
  Owner& owner_;
  // -1 once closed.
  int socket_;
  const Settings settings_;
  RouteStats& route_stats_;
  bool queued_ = false;
  // The socket would block (or has failed): nothing is sent until OnWritable.
  bool blocked_ = false;
  bool failed_ = false;
  // Whole frames, of which `sent_` bytes have been sent.
  std::string outbox_;
  std::size_t sent_ = 0;
  // But for what the direct subscriber's group counts.
  Tally sent_tally_;
  absl::InlinedVector<Subscriber*, 1> subscribers_;
  absl::InlinedVector<Stretch, 2> gathered_;
  const std::unique_ptr<TlsSession> tls_;
};

}  // namespace fanfare
