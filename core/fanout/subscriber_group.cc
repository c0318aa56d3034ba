#include "core/fanout/subscriber_group.h"

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

#include "core/channel.h"
#include "core/check.h"
#include "core/fanout/fanout.h"
#include "core/fanout/socket_writer.h"
#include "core/memory_reserve.h"

namespace fanfare {
namespace {

// So that adding one more can not fail.
template <class Element>
void MakeRoom(std::vector<Element>& elements) {
  elements.emplace_back();
  elements.pop_back();
}

}  // namespace

Subscriber::~Subscriber() {
  if (writer != nullptr) writer->Unsubscribe(*this);
}

SubscriberGroup::SubscriberGroup(Channel& channel, Fanout& fanout)
    : channel_(&channel),
      fanout_(fanout),
      route_stats_(fanout.stats().OfRoute(channel.settings_.route)),
      window_(0) {}

void SubscriberGroup::JoinChannel() {
  // Without memory for it, there is nothing to leave.
  Channel& channel = *std::exchange(channel_, nullptr);
  const std::lock_guard lock(channel.mutex_);
  from_ = to_ = released_ = channel.log_->head();
  window_ = LogWindow(from_, channel.settings_.format);
  seen_ = {.end = from_, .count = channel.appended_};
  channel.groups_.push_back(this);
  channel_ = &channel;
}

SubscriberGroup::~SubscriberGroup() {
  FANFARE_CHECK(channel_ == nullptr, "a group ends after its last subscriber");
}

void SubscriberGroup::Wake() noexcept {
  if (woken_) return;
  woken_ = true;
  woken_at_ = Time::clock::now();
  const ReserveUse reserve(true);
  fanout_.Wake(shared_from_this());
}

std::unique_ptr<Subscriber> SubscriberGroup::Add(SocketWriter& writer,
                                                 std::optional<std::uint64_t> from) {
  LogPosition position = 0;
  {
    // The window holds what comes before the new subscriber's place, too.
    const std::lock_guard lock(channel_->mutex_);
    const Log& log = *channel_->log_;
    const std::optional<LogPosition> start = from ? channel_->PositionOf(*from) : log.head();
    if (!start) return nullptr;
    position = *start;
    // How many there were in between, nobody will know any more.
    if (log.tail() > window_.end()) uncounted_ = log.tail();
    window_.Fetch(log);
    window_.ExtendBackTo(log, position);
    released_ = std::min(released_, position);
    seen_ = {.end = window_.end(), .count = channel_->appended_};
  }
  // First: a subscriber leaves the list that it is in.
  MakeRoom(lagging_);
  auto subscriber = std::make_unique<Subscriber>(*this, writer);
  AddLagging(*subscriber, position);
  if (IsBehind(*subscriber)) ++behind_;
  return subscriber;
}

void SubscriberGroup::Remove(Subscriber& subscriber) {
  if (subscriber.direct) {
    RemoveDirect(subscriber, PositionOf(subscriber));
  } else {
    RemoveLagging(subscriber);
    if (IsBehind(subscriber)) CountNotBehind();
  }
  LeaveIfEmpty();
}

void SubscriberGroup::LeaveIfEmpty() {
  if (!empty()) return;
  Channel& channel = *std::exchange(channel_, nullptr);
  // Before the lock: the log writes over a chunk that no window holds.
  window_.DropBefore(window_.end());
  {
    const std::lock_guard lock(channel.mutex_);
    std::erase(channel.groups_, this);
    channel.ReleaseLog();
  }
  // Last: this may destroy the group.
  fanout_.Forget(channel);
}

Lag SubscriberGroup::SlowestLag() const {
  const bool has_unsent = in_pass_ && next_ < direct_.size();
  LogPosition position = direct_.empty() ? seen_.end : (has_unsent ? from_ : to_);
  LogPosition boundary = position;
  for (const Subscriber* subscriber : lagging_) {
    if (subscriber->fallen || subscriber->position >= position) continue;
    position = subscriber->position;
    boundary = subscriber->boundary;
  }
  const std::uint64_t before = CountAt(boundary, seen_);
  const std::lock_guard lock(channel_->mutex_);
  return {.bytes = channel_->log_->head() - position, .messages = channel_->appended_ - before};
}

void SubscriberGroup::CountNotBehind() {
  if (!in_pass_ && --behind_ == 0) ReleaseLogBefore(to_);
}

void SubscriberGroup::ReleaseLogBefore(LogPosition needed) {
  window_.DropBefore(needed);

  const std::lock_guard lock(channel_->mutex_);
  released_ = needed;
  channel_->ReleaseLog();
}

bool SubscriberGroup::HasDue(const Subscriber& subscriber) const {
  return !subscriber.direct && !subscriber.fallen && IsBehind(subscriber);
}

void SubscriberGroup::Gather(const Subscriber& subscriber, std::size_t max_pieces,
                             std::vector<iovec>& out) const {
  window_.Gather(subscriber.position, to_, max_pieces, out);
}

std::size_t SubscriberGroup::RestOfFrame(const Subscriber& subscriber) const {
  const std::size_t frame = window_.FrameAt(subscriber.boundary).bytes;
  return subscriber.boundary + frame - subscriber.position;
}

void SubscriberGroup::CopyRestOfFrame(const Subscriber& subscriber, std::string& out) const {
  const Frame frame = window_.FrameAt(subscriber.boundary);
  const std::size_t rest = RestOfFrame(subscriber);
  const char* end = frame.message.payload.data() + frame.message.payload.size();
  out.append(end - rest, rest);
}

void SubscriberGroup::Advance(Subscriber& subscriber, std::size_t bytes) {
  const bool was_behind = IsBehind(subscriber);
  subscriber.position += bytes;
  const Counted counted = CountSent(*subscriber.writer, subscriber.boundary, subscriber.position);
  subscriber.boundary = counted.boundary;
  subscriber.writer->CountSent({.messages = counted.messages, .bytes = bytes});
  const bool is_stale = channel_->settings_.slow_readers == SlowReaders::kLatest &&
                        !subscriber.mid_frame() && subscriber.position < newest_;
  if (is_stale) Skip(subscriber, newest_);
  if (was_behind && !IsBehind(subscriber)) CountNotBehind();
}

SubscriberGroup::Counted SubscriberGroup::CountSent(const SocketWriter& writer,
                                                    LogPosition boundary, LogPosition end) {
  std::uint64_t messages = 0;
  while (boundary < end) {
    const Frame frame = window_.FrameAt(boundary);
    if (boundary + frame.bytes > end) break;
    boundary += frame.bytes;
    ++messages;
    route_stats_.messages_sent.Add();
    if (fanout_.log_messages()) writer.LogSent(frame.message);
  }
  return {.boundary = boundary, .messages = messages};
}

LogPosition SubscriberGroup::PositionOf(const Subscriber& subscriber) const {
  if (!subscriber.direct) return subscriber.position;
  return subscriber.index < next_ ? to_ : from_;
}

std::uint64_t SubscriberGroup::LagOf(const Subscriber& subscriber) const {
  const std::lock_guard lock(channel_->mutex_);
  return channel_->log_->head() - PositionOf(subscriber);
}

Tally SubscriberGroup::SentUpTo(LogPosition position) const {
  Tally sent = sent_directly_;
  if (position != from_) sent += {.messages = run_messages_, .bytes = run_bytes_};
  return sent;
}

void SubscriberGroup::MakeLagging(Subscriber& subscriber) {
  MakeRoom(lagging_);
  const LogPosition position = PositionOf(subscriber);
  RemoveDirect(subscriber, position);
  AddLagging(subscriber, position);
}

void SubscriberGroup::MakeDirectIfAligned(Subscriber& subscriber) {
  if (subscriber.direct || subscriber.position != to_ || !subscriber.writer->can_send_directly()) {
    return;
  }
  MakeRoom(direct_);
  RemoveLagging(subscriber);
  subscriber.writer->UncountSent(SentUpTo(to_));
  subscriber.direct = true;
  direct_.push_back({.socket = subscriber.writer->socket(), .subscriber = &subscriber});
  // It stands at to_, and so belongs to the first part.
  std::swap(direct_[next_], direct_.back());
  direct_.back().subscriber->index = direct_.size() - 1;
  subscriber.index = next_++;
}

void SubscriberGroup::RemoveDirect(Subscriber& subscriber, LogPosition position) {
  subscriber.writer->CountSent(SentUpTo(position));
  const auto move = [this](std::size_t from, std::size_t to) {
    if (from == to) return;
    direct_[to] = direct_[from];
    direct_[to].subscriber->index = to;
  };
  std::size_t hole = subscriber.index;
  if (hole < next_) {
    // Fill the hole from the first part's end, so that the order of the two parts stays.
    --next_;
    move(next_, hole);
    hole = next_;
  }
  move(direct_.size() - 1, hole);
  direct_.pop_back();
  subscriber.direct = false;
}

void SubscriberGroup::RemoveLagging(Subscriber& subscriber) {
  lagging_[subscriber.index] = lagging_.back();
  lagging_[subscriber.index]->index = subscriber.index;
  lagging_.pop_back();
}

void SubscriberGroup::AddLagging(Subscriber& subscriber, LogPosition position) {
  subscriber.position = subscriber.boundary = position;
  subscriber.index = lagging_.size();
  lagging_.push_back(&subscriber);
}

}  // namespace fanfare
