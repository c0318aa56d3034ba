#include "core/shard.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace fanfare {
namespace {

// A stop closes so many connections at a time at least, and then lets the loop do other things:
// their closing handshakes, and what is still due to the others.
constexpr std::size_t kLeastDrainBatch = 100;
constexpr std::chrono::milliseconds kDrainStep{10};

// Nobody is told to come back at once: the next server has yet to start.
constexpr std::chrono::milliseconds kLeastRetry{500};

// A timeout comes late by an eighth of it at most.
std::chrono::milliseconds TickOf(const Limits& limits) {
  const auto shortest = std::min(limits.idle_time, limits.handshake_time);
  return std::min<std::chrono::milliseconds>(shortest, std::chrono::seconds(8)) / 8;
}

}  // namespace

Shard::Shard(const Config& config, const Router& router, AddressLimits& addresses,
             std::unique_ptr<Egress> egress)
    : limits_(config.limits),
      origins_(config.origins),
      router_(router),
      addresses_(addresses),
      fanout_(
          std::move(egress), [this](std::function<void()> task) { Post(std::move(task)); },
          {.log_messages = config.log_messages}, stats_),
      // The hint says that one thread runs the loop.
      context_(1),
      work_(context_.get_executor()),
      // With what comes in besides, no more is published in a turn than a channel's log keeps.
      poller_(context_, fanout_, std::max<std::size_t>(limits_.log_bytes / 4, 1)),
      readers_(context_, limits_.message_bytes),
      tick_(TickOf(limits_)),
      timer_(context_),
      drain_timer_(context_) {
  Tick();
}

Shard::~Shard() {
  StopAndJoin();
}

absl::Status Shard::Start() {
  try {
    thread_ = std::thread([this] {
      fanout_.BindToThisThread();
      context_.run();
    });
  } catch (const std::system_error& e) {
    return absl::ResourceExhaustedError(absl::StrCat("cannot start a thread: ", e.what()));
  }
  return absl::OkStatus();
}

void Shard::Post(std::function<void()> task) {
  net::post(context_, std::move(task));
}

void Shard::StopAndJoin() {
  context_.stop();
  if (thread_.joinable()) thread_.join();
  // This is the shard's thread now.
  for (Member* member : Members()) {
    if (members_.contains(member)) member->Cut();
  }
}

void Shard::Add(Member& member) {
  members_.insert(&member);
  if (!draining_) return;
  // It came too late. Not at once: it is being constructed.
  Post([this, &member] { DrainIfHere(member); });
}

void Shard::Remove(Member& member) {
  members_.erase(&member);
  if (members_.empty() && drained_ != nullptr) std::exchange(drained_, nullptr)();
}

void Shard::Tick() {
  const Time due = timer_.expiry();
  now_ = std::chrono::steady_clock::now();
  // The first one is not late: it was not asked for.
  if (last_tick_ != 0) stats_.loop_delay.Record(now_ - due);
  last_tick_ = now_.time_since_epoch().count();
  for (Member* member : Members()) {
    if (members_.contains(member)) member->OnTick();
  }
  timer_.expires_after(tick_);
  timer_.async_wait([this](error_code ec) {
    if (!ec) Tick();
  });
}

Shard::Time::duration Shard::SinceTick() const {
  const Time last{Time::duration(last_tick_.load())};
  return std::chrono::steady_clock::now() - last;
}

// A copy, because members may leave while they are gone through.
std::vector<Shard::Member*> Shard::Members() const {
  return {members_.begin(), members_.end()};
}

void Shard::Drain(const DrainPlan& plan, std::function<void()> drained) {
  draining_ = true;
  if (members_.empty()) return drained();
  drained_ = std::move(drained);
  retry_ms_ = decltype(retry_ms_)(kLeastRetry.count(), (kLeastRetry + plan.retry_spread).count());
  fanout_.Flush(plan.deadline);
  to_drain_ = Members();
  const auto left =
      std::max<Fanout::Time::duration>(plan.deadline - Fanout::Time::clock::now(), {});
  const auto steps = static_cast<std::size_t>(left / 2 / kDrainStep);
  drain_batch_ = std::max(kLeastDrainBatch, to_drain_.size() / std::max<std::size_t>(steps, 1) + 1);
  DrainBatch();
}

void Shard::DrainBatch() {
  for (std::size_t i = 0; i < drain_batch_ && !to_drain_.empty(); ++i) {
    Member* member = to_drain_.back();
    to_drain_.pop_back();
    DrainIfHere(*member);
  }
  if (to_drain_.empty()) return;
  drain_timer_.expires_after(kDrainStep);
  drain_timer_.async_wait([this](error_code ec) {
    if (!ec) DrainBatch();
  });
}

void Shard::DrainIfHere(Member& member) {
  if (members_.contains(&member)) member.Drain(std::chrono::milliseconds(retry_ms_(random_)));
}

}  // namespace fanfare
