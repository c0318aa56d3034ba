// Lets connections go, a few at a time.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <random>
#include <utility>
#include <vector>

#include "core/net/net.h"

namespace fanfare {

// Why connections are let go.
enum class DrainCause {
  // The server stops.
  kStop,
  // A reload of the configuration has replaced what they use.
  kReload,
};

struct DrainPlan {
  std::chrono::steady_clock::time_point deadline;
  // Peers are told to come back at some time within this, so that they do not all come at once.
  std::chrono::milliseconds retry_spread;
};

// Goes through a shard's connections batch after batch, so that the loop does other things in
// between; and takes half of the time that there is, at most.
//
// Thread: its shard's. Lifetime: ends before the io_context.
template <class Member>
class Drain {
 public:
  // Called for each, with the time after which it should come back. Some may have gone by then.
  using Visit = std::function<void(Member* member, std::chrono::milliseconds retry)>;

  explicit Drain(net::io_context& context) : timer_(context) {}

  // Instead of what it was at before.
  void Begin(std::vector<Member*> members, const DrainPlan& plan, Visit visit) {
    members_ = std::move(members);
    visit_ = std::move(visit);
    retry_ms_ = decltype(retry_ms_)(kLeastRetry.count(), (kLeastRetry + plan.retry_spread).count());
    const auto left = std::max<Clock::duration>(plan.deadline - Clock::now(), {});
    const auto steps = static_cast<std::size_t>(left / 2 / kStep);
    batch_ = std::max(kLeastBatch, members_.size() / std::max<std::size_t>(steps, 1) + 1);
    VisitBatch();
  }
  // One that came too late to be among them.
  void VisitOne(Member* member) { visit_(member, std::chrono::milliseconds(retry_ms_(random_))); }

 private:
  using Clock = std::chrono::steady_clock;

  // So many at a time at least.
  static constexpr std::size_t kLeastBatch = 100;
  static constexpr std::chrono::milliseconds kStep{10};
  // Nobody is told to come back at once: the next server has yet to start.
  static constexpr std::chrono::milliseconds kLeastRetry{500};

  void VisitBatch() {
    for (std::size_t i = 0; i < batch_ && !members_.empty(); ++i) {
      Member* const member = members_.back();
      members_.pop_back();
      VisitOne(member);
    }
    if (members_.empty()) return;
    timer_.expires_after(kStep);
    timer_.async_wait([this](error_code ec) {
      if (!ec) VisitBatch();
    });
  }

  // Those whose turn has not come.
  std::vector<Member*> members_;
  Visit visit_;
  std::size_t batch_ = 0;
  std::uniform_int_distribution<std::chrono::milliseconds::rep> retry_ms_;
  std::minstd_rand random_{std::random_device()()};
  Timer timer_;
};

}  // namespace fanfare
