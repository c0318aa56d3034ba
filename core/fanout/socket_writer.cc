#include "core/fanout/socket_writer.h"

#include <algorithm>
#include <utility>

#include "core/channel.h"
#include "core/check.h"
#include "core/event_log.h"
#include "core/fanout/fanout.h"
#include "core/fanout/frame.h"
#include "core/fanout/subscriber_group.h"
#include "core/memory_reserve.h"

namespace fanfare {

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
  // What the channel's subscribers share can not be left half done.
  const ReserveUse reserve(true);
  SubscriberGroup& group = fanout_.GroupOf(channel);
  std::unique_ptr<Subscriber> subscriber;
  try {
    subscriber = group.Add(*this, from);
  } catch (...) {
    group.LeaveIfEmpty();
    throw;
  }
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
  // Where there was no memory for it, it is not among them.
  subscribers_.erase(std::remove(subscribers_.begin(), subscribers_.end(), &subscriber),
                     subscribers_.end());
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
