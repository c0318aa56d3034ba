#include "core/shard.h"

#include <boost/asio/post.hpp>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

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
  Post([this, &member] {
    if (members_.contains(&member)) member.Drain();
  });
}

void Shard::Remove(Member& member) {
  members_.erase(&member);
  if (members_.empty() && drained_ != nullptr) std::exchange(drained_, nullptr)();
}

// A copy, because members may leave while they are gone through.
std::vector<Shard::Member*> Shard::Members() const {
  return {members_.begin(), members_.end()};
}

void Shard::Drain(Fanout::Time deadline, std::function<void()> drained) {
  draining_ = true;
  if (members_.empty()) return drained();
  drained_ = std::move(drained);
  fanout_.Flush(deadline);
  for (Member* member : Members()) {
    if (members_.contains(member)) member->Drain();
  }
}

}  // namespace fanfare
