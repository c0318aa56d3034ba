// What is published, and whether it arrives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "bench/delivery_check.h"
#include "bench/latency_histogram.h"
#include "bench/load/crowd.h"
#include "bench/load/options.h"
#include "bench/load/problems.h"
#include "bench/load/schedule.h"
#include "bench/message.h"

namespace fanfare::bench {

// The messages of a load: publishes them at the pace of its mode, and checks every one that comes.
//
// In an open loop a message's latency counts from when it was due, not from when it was sent: time
// that it spends waiting in the load, because the load or the server is behind, is not left out.
class Traffic {
 public:
  // All must outlive it.
  Traffic(const Options& options, Crowd& crowd, Problems& problems);

  // Publishes one message of the first publisher of each room that has one.
  void Probe();

  // Publishes from now on, until Stop.
  void Start(std::uint64_t now);
  void Stop(std::uint64_t now);

  // Only deliveries of messages that are published, or due, in this time are in latencies().
  void MeasureBetween(std::uint64_t from, std::uint64_t until) {
    from_ = from;
    until_ = until;
  }

  // Publishes what is due.
  void PublishDue(std::uint64_t now);
  // When PublishDue should be called next; it may be called earlier.
  std::uint64_t NextDue(std::uint64_t now) const;

  void Take(std::size_t connection, std::string_view payload, std::uint64_t now);
  void ExpectAll(std::size_t connection) { check_.ExpectAll(connection); }
  // Takes what is still owed into latencies(), as if it came now. That makes them too small, but
  // not as much as leaving it out.
  void TakeOverdue(std::uint64_t now);
  void Leave(std::size_t connection) { check_.Leave(connection); }
  bool HasHeard(std::size_t connection) const { return check_.HasHeard(connection); }

  std::int64_t published() const { return published_; }
  std::int64_t deliveries() const { return deliveries_; }
  std::int64_t owed() const { return check_.owed(); }
  // Messages that later ones have overtaken and that have not come since.
  std::int64_t missing() const { return check_.missing(); }
  // Messages that were due by the time of Stop, and could not be sent.
  std::uint64_t unsent() const { return unsent_; }

  const LatencyHistogram& latencies() const { return latencies_; }
  // How late messages of an open loop were sent.
  const LatencyHistogram& lateness() const { return lateness_; }

 private:
  void Publish(std::size_t publisher, std::uint64_t due);
  void PublishOnSchedule(std::uint64_t now);
  void Record(std::uint64_t due, std::uint64_t now) {
    if (due >= from_ && due < until_) {
      latencies_.Record(now - due);
    }
  }
  void FillWindow(std::size_t publisher);
  void Report(Delivery delivery, std::size_t connection, const Stamp& stamp);

  const Options& options_;
  Crowd& crowd_;
  Problems& problems_;
  const MessageFormat format_;
  DeliveryCheck check_;
  // Per publisher and sequence number.
  std::vector<std::vector<std::uint64_t>> due_;
  bool active_ = false;
  Schedule schedule_;
  std::uint64_t from_ = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t until_ = 0;
  std::int64_t published_ = 0;
  std::int64_t deliveries_ = 0;
  std::uint64_t unsent_ = 0;
  LatencyHistogram latencies_;
  LatencyHistogram lateness_;
};

}  // namespace fanfare::bench
