#include "core/shard.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <new>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/event_log.h"
#include "core/memory_reserve.h"

namespace fanfare {
namespace {

// A timeout comes late by an eighth of it at most.
std::chrono::milliseconds TickOf(const Limits& limits) {
  const auto shortest = std::min({limits.idle_time, limits.handshake_time, limits.message_time});
  return std::min<std::chrono::milliseconds>(shortest, std::chrono::seconds(8)) / 8;
}

}  // namespace

Shard::Shard(SharedGeneration generation, AddressLimits& addresses, std::unique_ptr<Egress> egress,
             std::span<const std::string_view> routes)
    : generation_(std::move(generation)),
      addresses_(addresses),
      stats_(routes),
      fanout_(
          std::move(egress), [this](std::function<void()> task) { Post(std::move(task)); }, {},
          stats_),
      // The hint says that one thread runs the loop.
      context_(1),
      work_(context_.get_executor()),
      poller_(context_, fanout_),
      readers_(context_),
      tick_(TickOf(generation_->limits())),
      timer_(context_),
      cut_timer_(context_),
      drain_(context_) {
  Apply(*generation_);
  Tick();
}

Shard::~Shard() {
  StopAndJoin();
}

absl::Status Shard::Start() {
  try {
    thread_ = std::thread([this] {
      fanout_.BindToThisThread();
      Run();
    });
  } catch (const std::system_error& e) {
    return absl::ResourceExhaustedError(absl::StrCat("cannot start a thread: ", e.what()));
  }
  return absl::OkStatus();
}

void Shard::Run() {
  while (true) {
    try {
      context_.run();
      return;
    } catch (const std::bad_alloc&) {
      // Of what the loop calls, what serves one connection may be given up, and then ends it.
      WriteLog(LogEvent::kConnectionFailed, {.text = "out of memory: something was not done"});
    }
  }
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
  const auto place = members_.insert(&member).first;
  if (!stopping_) return;
  // It came too late. Not at once: it is being constructed.
  try {
    Post([this, &member] { drain_.VisitOne(&member); });
  } catch (...) {
    // It never comes to be.
    members_.erase(place);
    throw;
  }
}

void Shard::Remove(Member& member) {
  members_.erase(&member);
  TellIfDrained();
}

void Shard::TellIfDrained() {
  if (members_.empty() && drained_ != nullptr) std::exchange(drained_, nullptr)();
}

void Shard::Tick() {
  const Time due = timer_.expiry();
  now_ = std::chrono::steady_clock::now();
  // The first one is not late: it was not asked for.
  if (last_tick_ != 0) stats_.loop_delay.Record(now_ - due);
  last_tick_ = now_.time_since_epoch().count();
  // First: also when something fails below, there is a next one.
  timer_.expires_after(tick_);
  timer_.async_wait([this](error_code ec) {
    if (!ec) Tick();
  });
  RefillMemoryReserve();
  for (Member* member : Members()) {
    if (members_.contains(member)) member->OnTick();
  }
}

Shard::Time::duration Shard::SinceTick() const {
  const Time last{Time::duration(last_tick_.load())};
  return std::chrono::steady_clock::now() - last;
}

// A copy, because members may leave while they are gone through.
std::vector<Shard::Member*> Shard::Members() const {
  return {members_.begin(), members_.end()};
}

void Shard::Adopt(SharedGeneration generation, const DrainPlan& plan) {
  // Who is older keeps timeouts that are as short as before.
  tick_ = std::min(tick_, TickOf(generation->limits()));
  // Not destroyed before its members were looked at.
  const SharedGeneration before = std::exchange(generation_, std::move(generation));
  Apply(*generation_);
  if (stopping_) return;
  // First: whom there is no memory to drain is cut.
  cut_timer_.expires_at(plan.deadline);
  cut_timer_.async_wait([this](error_code ec) {
    if (ec) return;
    for (Member* member : MembersOfOthersThan(*generation_)) {
      if (members_.contains(member)) member->Cut();
    }
  });
  drain_.Begin(MembersOfOthersThan(*generation_), plan,
               [this](Member* member, std::chrono::milliseconds retry) {
                 DrainIfHere(member, DrainCause::kReload, retry);
               });
}

// What is the shard's own, and not a session's.
void Shard::Apply(const Generation& generation) {
  // With what comes in besides, no more is published in a turn than a channel's log keeps.
  poller_.LimitTurn(std::max<std::size_t>(generation.limits().log_bytes / 4, 1));
  fanout_.set_log_messages(generation.config().log_messages);
}

std::vector<Shard::Member*> Shard::MembersOfOthersThan(const Generation& generation) const {
  std::vector<Member*> members;
  for (Member* member : members_) {
    if (!member->IsServedBy(generation)) members.push_back(member);
  }
  return members;
}

void Shard::Stop(const DrainPlan& plan, std::function<void()> drained) {
  stopping_ = true;
  drained_ = std::move(drained);
  fanout_.Flush(plan.deadline);
  drain_.Begin(Members(), plan, [this](Member* member, std::chrono::milliseconds retry) {
    DrainIfHere(member, DrainCause::kStop, retry);
  });
  // Also where there is nobody, so that whoever comes late is visited.
  TellIfDrained();
}

// The address of one that has gone may be another's by now, which a reload would have kept.
void Shard::DrainIfHere(Member* member, DrainCause cause, std::chrono::milliseconds retry) {
  if (!members_.contains(member)) return;
  if (cause == DrainCause::kReload && member->IsServedBy(*generation_)) return;
  member->Drain(cause, retry);
}

}  // namespace fanfare
