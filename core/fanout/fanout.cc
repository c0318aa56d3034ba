#include "core/fanout/fanout.h"

#include <algorithm>
#include <utility>

#include "core/fanout/socket_writer.h"

namespace fanfare {
namespace {

// Whose thread this is.
thread_local const Fanout* this_threads = nullptr;

}  // namespace

Fanout::Fanout(std::unique_ptr<Egress> egress, Post post, Settings settings, Stats& stats)
    : egress_(std::move(egress)), post_(std::move(post)), settings_(settings), stats_(stats) {
  batch_.ops.reserve(SendBatch::kMaxOps);
  batch_.subscribers.reserve(SendBatch::kMaxOps);
}

Fanout::~Fanout() {
  if (this_threads == this) this_threads = nullptr;
}

void Fanout::BindToThisThread() {
  this_threads = this;
}

void Fanout::Wake(std::shared_ptr<SubscriberGroup> group) {
  if (this_threads == this) {
    Enqueue(std::move(group));
  } else {
    post_([this, group = std::move(group)]() noexcept { Enqueue(group); });
  }
}

void Fanout::Enqueue(std::shared_ptr<SubscriberGroup> group) {
  group->due = true;
  if (group->queued) return;
  groups_.push_back(std::move(group));
  groups_.back()->queued = true;
  Schedule();
}

SubscriberGroup& Fanout::GroupOf(Channel& channel) {
  const auto [place, is_new] = channels_.try_emplace(&channel);
  auto& group = place->second;
  if (!is_new) return *group;
  try {
    group = std::make_shared<SubscriberGroup>(channel, *this);
    group->JoinChannel();
  } catch (...) {
    channels_.erase(place);
    throw;
  }
  return *group;
}

void Fanout::Forget(const Channel& channel) {
  channels_.erase(&channel);
}

void Fanout::Queue(SocketWriter& writer) {
  writers_.push_back(&writer);
  Schedule();
}

void Fanout::Unqueue(SocketWriter& writer) {
  std::erase(writers_, &writer);
}

void Fanout::Schedule() {
  if (scheduled_ || in_turn_) return;
  // Half a turn can not be taken back.
  post_([this]() noexcept {
    scheduled_ = false;
    RunTurn(settings_.turn_budget);
  });
  scheduled_ = true;
}

void Fanout::EndTurn() {
  in_turn_ = false;
  // What a turn could not finish is due in the one that was posted.
  if (!scheduled_ && HasDue()) RunTurn(settings_.turn_budget);
}

void Fanout::Flush(Time deadline) {
  // A turn sends each subscriber a part of a long log.
  do {
    RunTurn(settings_.turn_budget);
  } while ((!writers_.empty() || !groups_.empty()) && std::chrono::steady_clock::now() < deadline);
}

void Fanout::RunTurn(std::chrono::steady_clock::duration budget) {
  const Time start = std::chrono::steady_clock::now();
  const Time deadline = start + budget;
  FlushWriters(deadline);
  Time end = RunPasses(deadline);
  if (!writers_.empty() || !falls_.empty()) {
    FlushWriters(deadline);
    TellFalls();
    end = Time::clock::now();
  }
  stats_.turn_time.Record(end - start);
  if (!writers_.empty() || !groups_.empty()) Schedule();
}

// Sends what is due to the sockets that were queued so far, batch by batch.
void Fanout::FlushWriters(Time deadline) {
  std::vector<SocketWriter*> due = std::exchange(writers_, {});
  std::size_t done = 0;
  while (done < due.size()) {
    done += SendQueued({due.begin() + static_cast<std::ptrdiff_t>(done), due.end()});
    if (std::chrono::steady_clock::now() > deadline) break;
  }
  // Those that were not reached come first in the next turn.
  writers_.insert(writers_.begin(), due.begin() + static_cast<std::ptrdiff_t>(done), due.end());
}

// Sends what is due to as many of these as a batch has room for, and returns how many these were.
std::size_t Fanout::SendQueued(std::span<SocketWriter* const> due) {
  std::uint64_t bytes = 0;
  std::size_t done = 0;
  pieces_.clear();
  sending_.clear();
  ops_.clear();
  while (done < due.size() && ops_.size() < SendBatch::kMaxOps && bytes < SendBatch::kMaxBytes) {
    SocketWriter& writer = *due[done++];
    writer.ClearQueued();
    const std::size_t first = pieces_.size();
    const std::size_t gathered = writer.Gather(pieces_);
    if (gathered == 0) continue;
    bytes += gathered;
    sending_.push_back(&writer);
    ops_.push_back({.socket = writer.socket(),
                    .count = static_cast<std::uint32_t>(pieces_.size() - first),
                    .data = nullptr,
                    .result = 0});
  }
  // Only now, because the pieces may have moved as they became more.
  const iovec* piece = pieces_.data();
  for (SendOp& op : ops_) op.data = std::exchange(piece, piece + op.count);
  egress_->Send(ops_);
  for (std::size_t i = 0; i < ops_.size(); ++i) sending_[i]->OnSent(ops_[i].result);
  return done;
}

// Returns when it had sent all that it did.
Fanout::Time Fanout::RunPasses(Time deadline) {
  std::vector<std::shared_ptr<SubscriberGroup>> round = std::exchange(groups_, {});
  std::size_t complete = 0;
  bool late = false;
  for (; complete < round.size(); ++complete) {
    SubscriberGroup& group = *round[complete];
    if (group.empty()) continue;
    if (!group.in_pass()) group.BeginPass();
    while (!late && !group.Fill(batch_)) {
      SendDirect();
      late = std::chrono::steady_clock::now() > deadline;
    }
    if (late) break;
  }
  SendDirect();
  const Time now = Time::clock::now();
  for (std::size_t i = 0; i < complete; ++i) {
    SubscriberGroup& group = *round[i];
    group.queued = false;
    if (!group.empty() && group.EndPass(now)) Enqueue(round[i]);
  }
  // Who was not reached comes first in the next turn, and then the one whose pass was interrupted.
  const auto rest = round.begin() + static_cast<std::ptrdiff_t>(complete);
  if (late) std::rotate(rest, rest + 1, round.end());
  groups_.insert(groups_.begin(), rest, round.end());
  return now;
}

void Fanout::SendDirect() {
  if (batch_.ops.empty()) return;
  egress_->Send(batch_.ops);
  for (std::size_t i = 0; i < batch_.ops.size(); ++i) {
    Subscriber& subscriber = *batch_.subscribers[i];
    subscriber.group->OnSent(subscriber, batch_.ops[i].result);
  }
  batch_.ops.clear();
  batch_.subscribers.clear();
  batch_.bytes = 0;
}

Lag Fanout::SlowestLag() const {
  Lag slowest;
  for (const auto& [channel, group] : channels_) {
    const Lag lag = group->SlowestLag();
    if (lag.bytes > slowest.bytes) slowest = lag;
  }
  return slowest;
}

void Fanout::TellFalls() {
  const std::vector<Fall> falls = std::exchange(falls_, {});
  for (const Fall& fall : falls) {
    if (fall.skipped_channel.empty()) {
      fall.writer->owner().OnFellBehind(fall.number);
    } else {
      fall.writer->owner().OnMissed(fall.skipped_channel, fall.number.value_or(0));
    }
  }
}

}  // namespace fanfare
