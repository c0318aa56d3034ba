#include "core/shard.h"

#include <boost/asio/post.hpp>
#include <chrono>
#include <utility>
#include <vector>

namespace fanfare {

Shard::Shard(const Limits& limits, const Router& router, std::unique_ptr<Egress> egress,
             bool log_messages)
    : limits_(limits),
      router_(router),
      fanout_(
          std::move(egress), [this](std::function<void()> task) { Post(std::move(task)); },
          {.log_messages = log_messages}, stats_),
      // The hint says that one thread runs the loop.
      context_(1),
      work_(context_.get_executor()) {}

Shard::~Shard() { StopAndJoin(); }

void Shard::Start() {
  thread_ = std::thread([this] {
    fanout_.BindToThisThread();
    context_.run();
  });
}

void Shard::Post(std::function<void()> task) { net::post(context_, std::move(task)); }

void Shard::StopAndJoin() {
  context_.stop();
  if (thread_.joinable()) thread_.join();
}

void Shard::Add(Member& member) {
  members_.insert(&member);
  if (!draining_) return;
  // It came too late. Not at once: it is being constructed.
  Post([this, &member] {
    if (members_.contains(&member)) member.Drain();
  });
}

void Shard::Remove(Member& member) {
  members_.erase(&member);
  if (members_.empty() && drained_ != nullptr) std::exchange(drained_, nullptr)();
}

void Shard::Drain(std::function<void()> drained) {
  draining_ = true;
  if (members_.empty()) return drained();
  drained_ = std::move(drained);
  fanout_.RunTurn(std::chrono::hours(1));
  // A member may leave while it is drained.
  const std::vector<Member*> members(members_.begin(), members_.end());
  for (Member* member : members) {
    if (members_.contains(member)) member->Drain();
  }
}

}  // namespace fanfare
