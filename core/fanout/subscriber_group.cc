#include "core/fanout/subscriber_group.h"

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <utility>

#include "core/channel.h"
#include "core/check.h"
#include "core/fanout/fanout.h"
#include "core/fanout/socket_writer.h"
#include "core/memory_reserve.h"

namespace fanfare {
namespace {

// What a pass sends to each subscriber is limited, so that one system call and one pass stay short.
constexpr std::size_t kMaxRunPieces = 16;

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
  const std::lock_guard lock(channel_->mutex_);
  from_ = to_ = released_ = channel_->log_->head();
  window_ = LogWindow(from_, channel_->settings_.format);
  seen_ = {.end = from_, .count = channel_->appended_};
  channel_->groups_.push_back(this);
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
  auto subscriber = std::make_unique<Subscriber>(*this, writer);
  AddLagging(*subscriber, position);
  return subscriber;
}

void SubscriberGroup::Remove(Subscriber& subscriber) {
  if (subscriber.direct) {
    RemoveDirect(subscriber, PositionOf(subscriber));
  } else {
    RemoveLagging(subscriber);
    if (lagging_.empty()) Trim();
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

void SubscriberGroup::BeginPass() {
  const Seen before = Fetch();
  due = false;
  in_pass_ = true;
  SkipDirect(before);
  run_.clear();
  to_ = window_.Gather(from_, window_.end(), kMaxRunPieces, run_);
  run_bytes_ = to_ - from_;
  run_messages_ = window_.CountFrames(from_, to_);
  next_ = run_bytes_ == 0 ? direct_.size() : 0;
  HandleSlow(before);
}

SubscriberGroup::Seen SubscriberGroup::Fetch() {
  const std::lock_guard lock(channel_->mutex_);
  const Log& log = *channel_->log_;
  window_.Fetch(log);
  tail_ = log.tail();
  newest_ = log.newest();
  if (std::exchange(woken_, false) && !waiting_since_) waiting_since_ = woken_at_;
  return std::exchange(seen_, {.end = log.head(), .count = channel_->appended_});
}

void SubscriberGroup::SkipDirect(const Seen& before) {
  if (channel_->settings_.slow_readers == SlowReaders::kLatest) {
    if (from_ >= newest_) return;
    const std::uint64_t skipped = CountAt(newest_, seen_) - CountAt(from_, before);
    fanout_.stats().messages_skipped.Add(skipped * direct_.size());
    from_ = newest_;
  } else if (from_ < tail_) {
    // The log has dropped what this shard had not yet sent: it was held up for too long.
    while (!direct_.empty()) MakeLagging(*direct_.back().subscriber);
    from_ = tail_;
  }
}

void SubscriberGroup::HandleSlow(const Seen& before) {
  const SlowReaders policy = channel_->settings_.slow_readers;
  for (Subscriber* subscriber : lagging_) {
    const bool is_stale = policy == SlowReaders::kLatest && !subscriber->mid_frame() &&
                          subscriber->position < newest_;
    if ((subscriber->position >= tail_ && !is_stale) || subscriber->fallen) continue;
    const std::uint64_t count = CountAt(subscriber->boundary, before);
    if (policy == SlowReaders::kDisconnect) {
      subscriber->fallen = true;
      // Where some messages have no offset, how many there were says nothing.
      const bool is_offset =
          channel_->settings_.history.messages == 0 && subscriber->boundary >= uncounted_;
      fanout_.ReportFall({.writer = subscriber->writer,
                          .skipped_channel = "",
                          .number = is_offset ? std::optional(count) : std::nullopt});
      continue;
    }
    const LogPosition to = policy == SlowReaders::kSkip ? to_ : newest_;
    const std::uint64_t missed = CountAt(to, seen_) - count - (subscriber->mid_frame() ? 1 : 0);
    Skip(*subscriber, to);
    fanout_.stats().messages_skipped.Add(missed);
    if (policy == SlowReaders::kLatest) {
      fanout_.stats().readers_moved_to_latest.Add();
      continue;
    }
    fanout_.stats().readers_skipped.Add();
    fanout_.ReportFall(
        {.writer = subscriber->writer, .skipped_channel = channel_->name(), .number = missed});
  }
}

void SubscriberGroup::Skip(Subscriber& subscriber, LogPosition to) {
  if (subscriber.mid_frame()) subscriber.writer->TakeRestOfFrame(subscriber);
  subscriber.position = subscriber.boundary = to;
}

std::uint64_t SubscriberGroup::CountAt(LogPosition boundary, const Seen& seen) const {
  return seen.count - window_.CountFrames(boundary, seen.end);
}

bool SubscriberGroup::Fill(SendBatch& batch) {
  const auto count = static_cast<std::uint32_t>(run_.size());
  while (next_ < direct_.size()) {
    if (batch.full()) return false;
    const Direct& direct = direct_[next_++];
    batch.ops.push_back(
        {.socket = direct.socket, .count = count, .data = run_.data(), .result = 0});
    batch.subscribers.push_back(direct.subscriber);
    batch.bytes += run_bytes_;
  }
  return true;
}

void SubscriberGroup::OnSent(Subscriber& subscriber, std::int64_t result) {
  fanout_.stats().send_calls.Add();
  if (result == static_cast<std::int64_t>(run_bytes_)) [[likely]] {
    route_stats_.bytes_sent.Add(run_bytes_);
    if (fanout_.log_messages()) [[unlikely]] {
      CountSent(*subscriber.writer, from_, to_);
    } else {
      route_stats_.messages_sent.Add(run_messages_);
    }
    return;
  }
  RemoveDirect(subscriber, from_);
  AddLagging(subscriber, from_);
  subscriber.writer->OnDirectSendStopped(subscriber, result);
}

bool SubscriberGroup::EndPass(Time now) {
  in_pass_ = false;
  sent_directly_ = SentUpTo(to_);
  if (waiting_since_ && to_ == window_.end()) {
    fanout_.stats().broadcast_latency.Record(now - *std::exchange(waiting_since_, std::nullopt));
  }
  from_ = to_;
  next_ = direct_.size();
  Trim();
  // Backwards, because a subscriber that becomes direct leaves the list.
  for (std::size_t i = lagging_.size(); i > 0; --i) {
    Subscriber& subscriber = *lagging_[i - 1];
    if (HasDue(subscriber)) {
      subscriber.writer->Queue();
    } else {
      MakeDirectIfAligned(subscriber);
    }
  }
  return due || window_.end() > to_;
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

void SubscriberGroup::Trim() {
  if (in_pass_ || channel_ == nullptr) return;
  LogPosition needed = to_;
  for (const Subscriber* subscriber : lagging_) needed = std::min(needed, subscriber->boundary);
  window_.DropBefore(needed);

  const std::lock_guard lock(channel_->mutex_);
  released_ = needed;
  channel_->ReleaseLog();
}

bool SubscriberGroup::HasDue(const Subscriber& subscriber) const {
  return !subscriber.direct && !subscriber.fallen && subscriber.position < to_;
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
  subscriber.position += bytes;
  const Counted counted = CountSent(*subscriber.writer, subscriber.boundary, subscriber.position);
  subscriber.boundary = counted.boundary;
  subscriber.writer->CountSent({.messages = counted.messages, .bytes = bytes});
  const bool is_stale = channel_->settings_.slow_readers == SlowReaders::kLatest &&
                        !subscriber.mid_frame() && subscriber.position < newest_;
  if (is_stale) Skip(subscriber, newest_);
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
  const LogPosition position = PositionOf(subscriber);
  RemoveDirect(subscriber, position);
  AddLagging(subscriber, position);
}

void SubscriberGroup::MakeDirectIfAligned(Subscriber& subscriber) {
  if (subscriber.direct || subscriber.position != to_ || !subscriber.writer->can_send_directly()) {
    return;
  }
  RemoveLagging(subscriber);
  subscriber.writer->UncountSent(SentUpTo(to_));
  subscriber.direct = true;
  direct_.push_back({.socket = subscriber.writer->socket(), .subscriber = &subscriber});
  // It stands at to_, and so belongs to the first part.
  std::swap(direct_[next_], direct_.back());
  direct_.back().subscriber->index = direct_.size() - 1;
  subscriber.index = next_++;
  if (lagging_.empty()) Trim();
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
