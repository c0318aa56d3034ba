// One thread of the server, with its event loop and its sessions.
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <thread>
#include <unordered_set>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "core/access/address_counts.h"
#include "core/access/address_limits.h"
#include "core/drain.h"
#include "core/fanout/egress.h"
#include "core/fanout/fanout.h"
#include "core/generation.h"
#include "core/net/message_reader.h"
#include "core/net/net.h"
#include "core/net/poller.h"
#include "core/session_report.h"
#include "core/stats.h"
#include "core/tls/tls_session.h"

namespace fanfare {

class Session;

// How many connections a shard has. One thread acquires; any thread may give back.
class OpenConnections {
 public:
  // A place among the open connections, which is given back when the permit is destroyed.
  class Permit {
   public:
    Permit() = default;
    Permit(Permit&& other) noexcept
        : count_(std::exchange(other.count_, nullptr)), place_(std::move(other.place_)) {}
    Permit& operator=(Permit&& other) noexcept {
      std::swap(count_, other.count_);
      std::swap(place_, other.place_);
      return *this;
    }
    ~Permit() {
      // First: where nobody is counted any more, there is room.
      place_ = {};
      if (count_ != nullptr) count_->fetch_sub(1);
    }

    // Has a place among those of another address from now on.
    void Hold(AddressCounts::Place place) { place_ = std::move(place); }

   private:
    friend class OpenConnections;
    Permit(std::atomic<std::size_t>& count, AddressCounts::Place place)
        : count_(&count), place_(std::move(place)) {
      count.fetch_add(1);
    }

    std::atomic<std::size_t>* count_ = nullptr;
    AddressCounts::Place place_;
  };

  // With its place among those of its address.
  [[nodiscard]] Permit Acquire(AddressCounts::Place place) {
    return Permit(count_, std::move(place));
  }
  std::size_t count() const { return count_.load(); }

 private:
  std::atomic<std::size_t> count_{0};
};

// A thread, its io_context, the connections that were given to it, and its sending half.
//
// Thread: the constructor, Start, StopAndJoin, Post, open_connections(), SinceTick and reading
// stats() are for any thread; all else is for the shard's own. Lifetime: outlives its connections;
// the limits of addresses must outlive the shard.
class Shard {
 public:
  // A connection, as far as the shard cares.
  class Member {
   public:
    // End soon, after what is queued has been sent. The peer, if it can be told, should come back
    // after `retry`. May be called again.
    virtual void Drain(DrainCause cause, std::chrono::milliseconds retry) = 0;
    // End now. The last call of all.
    virtual void Cut() = 0;
    // Whether what it uses is part of this generation, too.
    virtual bool IsServedBy(const Generation&) const { return true; }
    // Time has passed: see Shard::now.
    virtual void OnTick() {}
    // The session that it is, and what operators are told of it; null if it is none.
    virtual Session* session() { return nullptr; }
    virtual SessionReport Report() const { return {}; }

   protected:
    ~Member() = default;
  };

  // `routes` are those that are counted by name.
  Shard(SharedGeneration generation, AddressLimits& addresses, std::unique_ptr<Egress> egress,
        std::span<const std::string_view> routes = {});
  ~Shard();

  // The error is that of the system when it has no more threads.
  absl::Status Start();
  // Runs a task on the shard's thread. Any thread.
  void Post(std::function<void()> task);
  // Ends the loop at once, waits for the thread, and cuts the connections that are left.
  void StopAndJoin();

  void Add(Member& member);
  void Remove(Member& member);
  const std::unordered_set<Member*>& members() const { return members_; }

  // From now on, this one. Connections whose route is not part of it are drained, and those that
  // are left at the plan's deadline are cut.
  void Adopt(SharedGeneration generation, const DrainPlan& plan);

  // Stopping, in this order: from now on what sessions send is dropped; then all that is due is
  // sent, until the deadline, and every connection is drained, batch after batch, in half of the
  // time at most. `drained` is called when the last of them has gone.
  void StopReading() { reading_ = false; }
  bool reading() const { return reading_; }
  void Stop(const DrainPlan& plan, std::function<void()> drained);

  // The time, as of the last tick: often enough for the timeouts of `limits`, and without a system
  // call.
  using Time = std::chrono::steady_clock::time_point;
  Time now() const { return now_; }

  // Any thread: how long ago the loop last came to a tick; more than a second or so when something
  // holds it up.
  Time::duration SinceTick() const;

  net::io_context& context() { return context_; }
  Poller& poller() { return poller_; }
  ReaderPool& readers() { return readers_; }
  // For what one socket has sent; whoever reads into it is done with it before others do.
  std::span<char> read_buffer() { return read_buffer_; }
  // Likewise, for what of that was decrypted.
  std::span<char> plaintext_buffer() {
    if (plaintext_buffer_.empty()) {
      plaintext_buffer_.resize(kReadBytes + TlsSession::kMaxRecordBytes);
    }
    return plaintext_buffer_;
  }
  Fanout& fanout() { return fanout_; }
  Stats& stats() { return stats_; }
  const Stats& stats() const { return stats_; }
  // The newest. Who needs it for longer than a call holds it.
  const SharedGeneration& generation() const { return generation_; }
  // Of all shards. Any thread.
  AddressLimits& addresses() { return addresses_; }
  OpenConnections& open_connections() { return open_connections_; }
  const OpenConnections& open_connections() const { return open_connections_; }

 private:
  static constexpr std::size_t kReadBytes = 64 * 1024;

  std::vector<Member*> Members() const;
  void TellIfDrained();
  void Run();
  void Tick();
  void Apply(const Generation& generation);
  void DrainIfHere(Member* member, DrainCause cause, std::chrono::milliseconds retry);
  std::vector<Member*> MembersOfOthersThan(const Generation& generation) const;

  SharedGeneration generation_;
  AddressLimits& addresses_;
  Stats stats_;
  bool reading_ = true;
  bool stopping_ = false;
  // Called once.
  std::function<void()> drained_;
  OpenConnections open_connections_;
  // Not Abseil's, whose tables are broken when there is no memory to grow them.
  std::unordered_set<Member*> members_;
  // Declared after what the connections use: destroying it destroys those that are left.
  Fanout fanout_;
  net::io_context context_;
  net::executor_work_guard<Executor> work_;
  Poller poller_;
  ReaderPool readers_;
  std::vector<char> read_buffer_ = std::vector<char>(kReadBytes);
  // Empty until TLS is spoken.
  std::vector<char> plaintext_buffer_;
  std::chrono::milliseconds tick_;
  Timer timer_;
  // What a reload does at its deadline.
  Timer cut_timer_;
  Drain<Member> drain_;
  Time now_ = std::chrono::steady_clock::now();
  std::atomic<Time::rep> last_tick_{0};
  std::thread thread_;
};

}  // namespace fanfare
