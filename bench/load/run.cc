#include "bench/load/run.h"

#include <algorithm>
#include <chrono>
#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "bench/clock.h"
#include "bench/load/meter.h"
#include "bench/load/schedule.h"

namespace fanfare::bench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Handshakes under way at once: enough for a server to be busy, and few enough for its accept
// queue; with a rate of their own, what no server's queue should have to hold.
constexpr std::size_t kAtOnce = 64;
constexpr std::size_t kMostAtOnce = 1024;

// How often those who have not heard anything yet are sent something.
constexpr std::uint64_t kProbeInterval = Nanoseconds(seconds(1));

// How long a doubled message may take to show itself.
constexpr std::uint64_t kLinger = Nanoseconds(milliseconds(50));

}  // namespace

LoadRun::LoadRun(const Options& options)
    : options_(options),
      result_{.options = options},
      crowd_(options.url, options.roster, *this),
      traffic_(options_, crowd_, result_.problems),
      churn_(options.roster) {}

absl::StatusOr<Result> LoadRun::Execute() {
  if (absl::Status connected = Connect(); !connected.ok()) {
    return connected;
  }
  if (absl::Status joined = Join(); !joined.ok()) {
    return joined;
  }
  connecting_ = false;
  Measure();
  Drain();
  result_.problems.missing += traffic_.missing();
  result_.latencies = traffic_.latencies();
  result_.lateness = traffic_.lateness();
  return result_;
}

absl::Status LoadRun::Connect() {
  result_.before_connect = ReadMeters(options_.server_pids);
  shown_at_ = result_.before_connect.time;
  const std::size_t count = options_.roster.connections;
  const std::size_t most = options_.ramp > 0 ? kMostAtOnce : kAtOnce;
  Schedule ramp(result_.before_connect.time, options_.ramp > 0 ? options_.ramp : 1e9);
  std::size_t begun = 0;
  while (refused_.ok() && open_ < count) {
    for (; begun < count && crowd_.opening() < most && ramp.IsDue(Now()); ramp.Advance()) {
      crowd_.Open(begun++);
    }
    // Handshakes have limits, which Turn looks at.
    const std::uint64_t look = Now() + Nanoseconds(milliseconds(100));
    Turn(begun < count && crowd_.opening() < most ? std::min(look, ramp.next()) : look,
         "connecting");
  }
  result_.connected = ReadMeters(options_.server_pids);
  return refused_;
}

// When a client has the answer to its handshake, not every server has it in its room yet. So one
// publisher of each room repeats itself until all have heard it, and only then everything counts.
absl::Status LoadRun::Join() {
  const Roster& roster = options_.roster;
  std::size_t listener = 0;
  const auto all_have_heard = [&] {
    while (listener < roster.connections &&
           (!roster.Reads(listener) || roster.PublishersIn(roster.RoomOf(listener)) == 0 ||
            traffic_.HasHeard(listener))) {
      ++listener;
    }
    return listener == roster.connections;
  };
  const std::uint64_t end = Now() + Nanoseconds(options_.patience);
  std::uint64_t probe = 0;
  while (refused_.ok() && !all_have_heard()) {
    const std::uint64_t now = Now();
    if (now >= end) {
      return absl::DeadlineExceededError(
          absl::StrCat("connection ", listener, " does not hear its room: is ",
                       options_.url.PathOf(roster.RoomOf(listener)), " a broadcast?"));
    }
    if (now >= probe) {
      traffic_.Probe();
      probe = now + kProbeInterval;
    }
    Turn(std::min(end, probe), "joining");
  }
  for (std::size_t connection = 0; connection < roster.connections; ++connection) {
    if (roster.Reads(connection)) {
      traffic_.ExpectAll(connection);
    }
  }
  return refused_;
}

void LoadRun::Measure() {
  const std::uint64_t start = Now();
  const std::uint64_t from = start + Nanoseconds(options_.warmup);
  const std::uint64_t until = from + Nanoseconds(options_.duration);
  quiet_since_ = start;
  traffic_.MeasureBetween(from, until);
  churn_.Start(start, options_.churn);
  traffic_.Start(start);
  Publish(from, "warming up");
  result_.start = ReadMeters(options_.server_pids);
  const std::int64_t sent = traffic_.published();
  const std::int64_t deliveries = traffic_.deliveries();
  Publish(until, "measuring");
  result_.end = ReadMeters(options_.server_pids);
  traffic_.Stop(std::min(until, result_.end.time));
  result_.sent = traffic_.published() - sent;
  result_.deliveries = traffic_.deliveries() - deliveries;
  result_.unsent = traffic_.unsent();
}

void LoadRun::Publish(std::uint64_t end, const char* phase) {
  for (std::uint64_t now = Now(); now < end && open_ > 0 && !IsSilent(now); now = Now()) {
    traffic_.PublishDue(now);
    TakeChurn(now);
    Turn(std::min({end, traffic_.NextDue(now), churn_.NextDue()}), phase);
  }
  // What became due during the last turn.
  traffic_.PublishDue(std::min(Now(), end - 1));
}

void LoadRun::Drain() {
  const std::uint64_t end = Now() + Nanoseconds(options_.drain);
  while ((traffic_.owed() > 0 || crowd_.opening() > 0) && Now() < end && !IsSilent(Now())) {
    Turn(end, "draining");
  }
  const std::uint64_t linger = Now() + kLinger;
  while (Now() < linger) {
    Turn(linger, "draining");
  }
  if (silent_) {
    result_.problems.missing += traffic_.owed();
  } else {
    result_.overdue = traffic_.owed();
    traffic_.TakeOverdue(Now());
  }
}

void LoadRun::Turn(std::uint64_t end, const char* phase) {
  // IsSilent and limits are looked at now and then, too.
  crowd_.Turn(std::min({end, progress_.next(), Now() + Nanoseconds(milliseconds(100))}));
  if (const std::uint64_t now = Now(); progress_.IsDue(now)) {
    ShowProgress(now, phase);
  }
}

void LoadRun::TakeChurn(std::uint64_t now) {
  while (churn_.IsDue(now)) {
    const std::size_t connection = churn_.Take();
    // It may still be connecting, or be lost.
    if (crowd_.IsOpen(connection)) {
      crowd_.Close(connection);
      traffic_.Leave(connection);
      crowd_.Open(connection);
    }
  }
}

bool LoadRun::IsSilent(std::uint64_t now) {
  if (traffic_.owed() == 0 || traffic_.deliveries() != deliveries_seen_) {
    deliveries_seen_ = traffic_.deliveries();
    quiet_since_ = now;
  } else if (!silent_ && now - quiet_since_ >= Nanoseconds(options_.patience)) {
    silent_ = true;
    result_.problems.Describe(absl::StrCat(
        "nothing came for ", std::chrono::duration_cast<milliseconds>(options_.patience).count(),
        " ms, though ", traffic_.owed(), " deliveries are owed"));
  }
  return silent_;
}

void LoadRun::ShowProgress(std::uint64_t now, const char* phase) {
  const double rate = static_cast<double>(traffic_.deliveries() - deliveries_shown_) * 1e9 /
                      static_cast<double>(now - shown_at_);
  deliveries_shown_ = traffic_.deliveries();
  shown_at_ = now;
  progress_.Show(now,
                 absl::StrFormat("%s: %d of %d connected, %d sent, %d delivered (%.0f/s), %d "
                                 "owed",
                                 phase, open_, options_.roster.connections, traffic_.published(),
                                 traffic_.deliveries(), rate, traffic_.owed()));
}

void LoadRun::OnOpen(std::size_t /*connection*/, std::uint64_t nanoseconds) {
  if (connecting_) {
    ++open_;
    result_.handshakes.Record(nanoseconds);
  } else {
    ++result_.reconnects;
  }
}

void LoadRun::OnRefused(std::size_t connection, const absl::Status& why) {
  if (connecting_) {
    refused_.Update(why);
    return;
  }
  --open_;
  ++result_.problems.disconnected;
  result_.problems.Describe(absl::StrCat("connection ", connection, ": ", why.message()));
}

void LoadRun::OnMessage(std::size_t connection, std::string_view payload, std::uint64_t now) {
  traffic_.Take(connection, payload, now);
}

void LoadRun::OnLost(std::size_t connection, const std::string& why) {
  if (connecting_) {
    refused_.Update(
        absl::UnavailableError(absl::StrCat("connection ", connection, " was lost: ", why)));
    return;
  }
  --open_;
  traffic_.Leave(connection);
  if (!options_.roster.Reads(connection)) {
    ++result_.problems.stalled_disconnected;
    return;
  }
  ++result_.problems.disconnected;
  result_.problems.Describe(absl::StrCat("connection ", connection, " was lost: ", why));
}

}  // namespace fanfare::bench
