// The passes of a group: what it sends to its subscribers, and what becomes of slow ones.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>

#include "core/channel.h"
#include "core/fanout/fanout.h"
#include "core/fanout/socket_writer.h"
#include "core/fanout/subscriber_group.h"

namespace fanfare {
namespace {

// What a pass sends to each subscriber is limited, so that one system call and one pass stay short.
constexpr std::size_t kMaxRunPieces = 16;

}  // namespace

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
  LogPosition needed = to_;
  behind_ = 0;
  for (const Subscriber* subscriber : lagging_) {
    if (!IsBehind(*subscriber)) continue;
    ++behind_;
    needed = std::min(needed, subscriber->boundary);
  }
  ReleaseLogBefore(needed);
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

}  // namespace fanfare
