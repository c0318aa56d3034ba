#include "core/fanout/socket_writer.h"

#include <algorithm>
#include <cerrno>
#include <limits>

#include "core/channel.h"
#include "core/check.h"
#include "core/event_log.h"
#include "core/fanout/fanout.h"
#include "core/fanout/frame.h"
#include "core/fanout/subscriber_group.h"

namespace fanfare {
namespace {

// What one system call sends for one session is limited, so that nobody holds up the turn.
constexpr std::size_t kMaxPieces = 16;
constexpr std::size_t kMaxPiecesOfAll = 64;
// An empty outbox keeps no more memory than this.
constexpr std::size_t kMaxIdleOutbox = 512;

}  // namespace

SocketWriter::SocketWriter(Fanout& fanout, Owner& owner, int socket, Settings settings,
                           std::unique_ptr<TlsSession> tls)
    : fanout_(fanout),
      owner_(owner),
      socket_(socket),
      settings_(settings),
      route_stats_(settings.route == nullptr ? fanout.stats().OfRoute("") : *settings.route),
      tls_(std::move(tls)) {}

SocketWriter::~SocketWriter() {
  Close();
}

bool SocketWriter::Write(std::string_view frames) {
  if (is_over()) return true;
  if (outbox_size() + frames.size() > settings_.outbox_bytes) return false;
  WriteRegardless(frames);
  return true;
}

void SocketWriter::WriteRegardless(std::string_view frames) {
  if (is_over()) return;
  outbox_.append(frames);
  Queue();
}

bool SocketWriter::Write(Message message) {
  if (is_over()) return true;
  const FrameHeader header(message, settings_.format);
  const std::size_t bytes = header.bytes().size() + message.payload.size();
  if (outbox_size() + bytes > settings_.outbox_bytes) return false;
  outbox_.append(header.bytes()).append(message.payload);
  route_stats_.messages_sent.Add();
  ++sent_tally_.messages;
  if (fanout_.log_messages()) LogSent(message);
  Queue();
  return true;
}

void SocketWriter::Queue() {
  if (!queued_ && !blocked_ && socket_ >= 0) {
    queued_ = true;
    fanout_.Queue(*this);
  }
}

std::unique_ptr<Subscriber> SocketWriter::Subscribe(Channel& channel,
                                                    std::optional<std::uint64_t> from) {
  FANFARE_CHECK(channel.format() == settings_.format, "a session subscribes to what it speaks");
  SubscriberGroup& group = fanout_.GroupOf(channel);
  auto subscriber = group.Add(*this, from);
  if (subscriber == nullptr) {
    group.LeaveIfEmpty();
    return nullptr;
  }
  // With a second channel, both leave through here.
  if (subscribers_.size() == 1 && subscribers_[0]->direct) {
    subscribers_[0]->group->MakeLagging(*subscribers_[0]);
  }
  subscribers_.push_back(subscriber.get());
  if (group.HasDue(*subscriber)) {
    Queue();
  } else {
    group.MakeDirectIfAligned(*subscriber);
  }
  return subscriber;
}

void SocketWriter::Unsubscribe(Subscriber& subscriber) {
  if (subscriber.mid_frame()) TakeRestOfFrame(subscriber);
  subscribers_.erase(std::find(subscribers_.begin(), subscribers_.end(), &subscriber));
  std::exchange(subscriber.group, nullptr)->Remove(subscriber);
  subscriber.writer = nullptr;
  MakeDirectWherePossible();
}

void SocketWriter::TakeRestOfFrame(const Subscriber& subscriber) {
  if (is_over()) return;
  std::string rest;
  subscriber.group->CopyRestOfFrame(subscriber, rest);
  // The outbox has not begun to leave, because this frame has.
  outbox_.insert(0, rest);
  Queue();
}

void SocketWriter::EndSubscriptions() {
  while (!subscribers_.empty()) Unsubscribe(*subscribers_.back());
}

void SocketWriter::Close() {
  socket_ = -1;
  // Also those of a second call: a route may have subscribed in between.
  EndSubscriptions();
  if (queued_) fanout_.Unqueue(*this);
  queued_ = false;
  DropUnsent();
}

void SocketWriter::DropUnsent() {
  outbox_.clear();
  sent_ = 0;
  if (tls_ != nullptr) tls_->DropOutput();
}

bool SocketWriter::can_send_directly() const {
  return socket_ >= 0 && !blocked_ && subscribers_.size() == 1 && outbox_.empty() &&
         tls_ == nullptr;
}

bool SocketWriter::drained() const {
  if (!outbox_.empty() || (tls_ != nullptr && !tls_->output().empty())) return false;
  return std::none_of(subscribers_.begin(), subscribers_.end(),
                      [](auto* s) { return s->group->HasDue(*s) || s->mid_frame(); });
}

bool SocketWriter::Finish() {
  if (!drained()) return false;
  if (tls_ == nullptr || is_over()) return true;
  tls_->EncryptEnd();
  if (tls_->output().empty()) return true;
  Queue();
  return false;
}

Tally SocketWriter::sent() const {
  Tally sent = sent_tally_;
  for (const Subscriber* subscriber : subscribers_) {
    if (subscriber->direct) sent += subscriber->group->SentDirectly(*subscriber);
  }
  return sent;
}

std::uint64_t SocketWriter::lag_bytes() const {
  std::uint64_t bytes = 0;
  for (const Subscriber* subscriber : subscribers_) bytes += subscriber->group->LagOf(*subscriber);
  return bytes;
}

std::size_t SocketWriter::Gather(std::vector<iovec>& pieces) {
  gathered_.clear();
  if (socket_ < 0 || blocked_) return 0;
  return tls_ == nullptr ? GatherPlain(pieces) : GatherEncrypted(pieces);
}

std::size_t SocketWriter::GatherEncrypted(std::vector<iovec>& pieces) {
  const std::size_t first = pieces.size();
  if (tls_->output().empty() && GatherPlain(pieces) > 0) {
    std::size_t bytes = 0;
    for (std::size_t i = first; i < pieces.size(); ++i) {
      pieces[i].iov_len = std::min(pieces[i].iov_len, kMaxEncryptedBytes - bytes);
      bytes += pieces[i].iov_len;
    }
    const bool encrypted = tls_->Encrypt(std::span(pieces).subspan(first));
    pieces.resize(first);
    if (!encrypted) {
      Fail();
      return 0;
    }
    Advance(bytes);
  }
  const std::string_view output = tls_->output();
  if (output.empty()) return 0;
  // Only read.
  pieces.push_back({.iov_base = const_cast<char*>(output.data()), .iov_len = output.size()});
  return output.size();
}

std::size_t SocketWriter::GatherPlain(std::vector<iovec>& pieces) {
  const std::size_t first = pieces.size();
  auto* const* const begun = std::find_if(subscribers_.begin(), subscribers_.end(),
                                          [](const Subscriber* s) { return s->mid_frame(); });
  if (begun != subscribers_.end()) {
    GatherFrom(**begun, (*begun)->group->RestOfFrame(**begun), pieces);
  }
  if (!outbox_.empty()) {
    pieces.push_back({.iov_base = outbox_.data() + sent_, .iov_len = outbox_size()});
    gathered_.push_back({nullptr, outbox_size()});
  }
  // A frame that was begun is followed by others of its channel in the next turn.
  if (begun == subscribers_.end()) {
    for (Subscriber* subscriber : subscribers_) {
      if (pieces.size() - first >= kMaxPiecesOfAll) break;
      if (!subscriber->group->HasDue(*subscriber)) continue;
      GatherFrom(*subscriber, std::numeric_limits<std::size_t>::max(), pieces);
    }
  }
  std::size_t bytes = 0;
  for (const Stretch& stretch : gathered_) bytes += stretch.bytes;
  return bytes;
}

// Appends at most `most` bytes of a subscriber's, which end at a frame boundary.
void SocketWriter::GatherFrom(Subscriber& subscriber, std::size_t most,
                              std::vector<iovec>& pieces) {
  const std::size_t first = pieces.size();
  subscriber.group->Gather(subscriber, kMaxPieces, pieces);
  std::size_t bytes = 0;
  for (std::size_t i = first; i < pieces.size(); ++i) {
    pieces[i].iov_len = std::min(pieces[i].iov_len, most - bytes);
    bytes += pieces[i].iov_len;
    if (bytes == most) pieces.resize(i + 1);
  }
  gathered_.push_back({&subscriber, bytes});
}

void SocketWriter::OnSent(std::int64_t result) {
  fanout_.stats().send_calls.Add();
  std::size_t asked = tls_ == nullptr ? 0 : tls_->output().size();
  for (const Stretch& stretch : gathered_) asked += stretch.bytes;
  if (result < 0 && result != -EAGAIN) return Fail();
  const std::size_t sent = result < 0 ? 0 : static_cast<std::size_t>(result);
  route_stats_.bytes_sent.Add(sent);
  if (tls_ == nullptr) {
    Advance(sent);
  } else {
    tls_->ConsumeOutput(sent);
  }
  if (sent < asked) {
    Block();
  } else if (!drained()) {
    Queue();
  } else {
    MakeDirectWherePossible();
  }
  if (sent > 0) owner_.OnProgress();
}

void SocketWriter::Advance(std::size_t bytes) {
  for (const Stretch& stretch : gathered_) {
    const std::size_t part = std::min(bytes, stretch.bytes);
    bytes -= part;
    if (stretch.subscriber != nullptr) {
      stretch.subscriber->group->Advance(*stretch.subscriber, part);
    } else {
      sent_ += part;
      sent_tally_.bytes += part;
    }
  }
  gathered_.clear();
  // An outbox that is never quite empty would keep all that it ever sent. What is left is moved to
  // the front when it is the smaller part, so that no byte is moved more than once on average.
  if (sent_ > outbox_.size() / 2) {
    outbox_.erase(0, sent_);
    sent_ = 0;
  }
  if (!outbox_.empty()) return;
  if (outbox_.capacity() > kMaxIdleOutbox) outbox_.shrink_to_fit();
}

void SocketWriter::OnDirectSendStopped(Subscriber& subscriber, std::int64_t result) {
  if (result < 0 && result != -EAGAIN) return Fail();
  if (result > 0) {
    route_stats_.bytes_sent.Add(static_cast<std::uint64_t>(result));
    subscriber.group->Advance(subscriber, static_cast<std::size_t>(result));
  }
  Block();
}

void SocketWriter::Block() {
  blocked_ = true;
  StopDirect();
  owner_.WaitWritable();
}

void SocketWriter::OnWritable() {
  if (failed_) return;
  blocked_ = false;
  Queue();
}

void SocketWriter::Fail() {
  if (failed_) return;
  // For good: the connection ends when its read side learns of it.
  failed_ = true;
  blocked_ = true;
  // Nothing leaves any more, and so nothing is to hold up the read side.
  DropUnsent();
  StopDirect();
  owner_.OnSendFailed();
}

void SocketWriter::StopDirect() {
  for (Subscriber* subscriber : subscribers_) {
    if (subscriber->direct) subscriber->group->MakeLagging(*subscriber);
  }
}

void SocketWriter::MakeDirectWherePossible() {
  for (Subscriber* subscriber : subscribers_) subscriber->group->MakeDirectIfAligned(*subscriber);
}

void SocketWriter::LogSent(Message message) const {
  LogMessage(LogEvent::kSent, owner_.subject(), message);
}

}  // namespace fanfare
