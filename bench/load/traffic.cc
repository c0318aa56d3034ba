#include "bench/load/traffic.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "bench/clock.h"

namespace fanfare::bench {
namespace {

constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

// With so much waiting to be sent an open loop is beyond the server. What is due from then on waits
// in the schedule instead, which needs no memory.
constexpr std::size_t kMostBacklogBytes = 256 << 20;

// How soon a loop looks again whether it may send.
constexpr std::uint64_t kRetryNanoseconds = 1'000'000;

// Of a message that nobody published, this much is quoted.
constexpr std::size_t kQuotedBytes = 100;

}  // namespace

Traffic::Traffic(const Options& options, Crowd& crowd, Problems& problems)
    : options_(options),
      crowd_(crowd),
      problems_(problems),
      format_(options.size),
      check_(options.roster),
      due_(options.roster.publishers) {}

void Traffic::Probe() {
  const std::uint64_t now = Now();
  const std::size_t rooms = std::min(options_.roster.rooms, options_.roster.publishers);
  for (std::size_t room = 0; room < rooms; ++room) {
    Publish(options_.roster.PublisherOf(room, 0), now);
  }
}

void Traffic::Start(std::uint64_t now) {
  active_ = options_.mode != Mode::kIdle;
  if (options_.mode == Mode::kRate) {
    schedule_ = Schedule(now, options_.rate);
  }
  if (options_.mode == Mode::kWindow) {
    for (std::size_t publisher = 0; publisher < options_.roster.publishers; ++publisher) {
      FillWindow(publisher);
    }
  }
  PublishDue(now);
}

void Traffic::Stop(std::uint64_t now) {
  active_ = false;
  unsent_ = schedule_.LeftBefore(now);
}

void Traffic::PublishDue(std::uint64_t now) {
  if (!active_) {
    return;
  }
  if (options_.mode == Mode::kRate) {
    PublishOnSchedule(now);
  }
  if (options_.mode == Mode::kLockstep && check_.owed() == 0) {
    for (std::size_t publisher = 0; publisher < options_.roster.publishers; ++publisher) {
      Publish(publisher, now);
    }
  }
}

std::uint64_t Traffic::NextDue(std::uint64_t now) const {
  if (!active_ || options_.mode != Mode::kRate) {
    return kNever;
  }
  // What is due already could not be sent.
  return std::max(schedule_.next(), now + (schedule_.IsDue(now) ? kRetryNanoseconds : 0));
}

void Traffic::PublishOnSchedule(std::uint64_t now) {
  for (; schedule_.IsDue(now) && crowd_.backlog_bytes() < kMostBacklogBytes; schedule_.Advance()) {
    const std::uint64_t due = schedule_.next();
    if (due >= from_ && due < until_) {
      lateness_.Record(now - due);
    }
    Publish(schedule_.number() % options_.roster.publishers, due);
  }
}

void Traffic::FillWindow(std::size_t publisher) {
  const auto window = static_cast<std::uint32_t>(options_.window);
  while (active_ && crowd_.IsOpen(publisher) && check_.Behind(publisher, publisher) < window) {
    Publish(publisher, Now());
  }
}

void Traffic::Publish(std::size_t publisher, std::uint64_t due) {
  if (!crowd_.IsOpen(publisher)) {
    return;
  }
  ++published_;
  due_[publisher].push_back(due);
  crowd_.Send(publisher, format_.Write({.publisher = static_cast<std::uint16_t>(publisher),
                                        .sequence = check_.Publish(publisher),
                                        .sent_at = due}));
}

void Traffic::Take(std::size_t connection, std::string_view payload, std::uint64_t now) {
  const std::optional<Stamp> stamp = format_.Read(payload);
  if (!stamp.has_value()) {
    ++problems_.foreign;
    problems_.Describe(absl::StrCat("connection ", connection, " got what nobody published: ",
                                    std::string(payload.substr(0, kQuotedBytes))));
    return;
  }
  const Delivery delivery = check_.Take(connection, stamp->publisher, stamp->sequence);
  if (delivery != Delivery::kDue) {
    Report(delivery, connection, *stamp);
    if (delivery == Delivery::kForeign || delivery == Delivery::kRepeated) {
      return;
    }
  }
  ++deliveries_;
  Record(stamp->sent_at, now);
  if (connection == stamp->publisher && options_.mode == Mode::kWindow) {
    FillWindow(connection);
  }
}

void Traffic::TakeOverdue(std::uint64_t now) {
  const Roster& roster = options_.roster;
  for (std::size_t connection = 0; connection < roster.connections; ++connection) {
    const std::size_t room = roster.RoomOf(connection);
    for (std::size_t i = 0; i < roster.PublishersIn(room); ++i) {
      const std::size_t publisher = roster.PublisherOf(room, i);
      const std::vector<std::uint64_t>& due = due_[publisher];
      for (std::size_t nth = due.size() - check_.Behind(connection, publisher); nth < due.size();
           ++nth) {
        Record(due[nth], now);
      }
    }
  }
}

void Traffic::Report(Delivery delivery, std::size_t connection, const Stamp& stamp) {
  const char* what = nullptr;
  switch (delivery) {
    case Delivery::kDue:
    case Delivery::kFirst:
      return;
    case Delivery::kAfterGap:
      // Counted at the end: what is missing may still come.
      what = "before those that precede it";
      break;
    case Delivery::kLate:
      ++problems_.out_of_order;
      what = "after a later one";
      break;
    case Delivery::kRepeated:
      ++problems_.repeated;
      what = "again";
      break;
    case Delivery::kForeign:
      ++problems_.foreign;
      what = "though it was never published in its room";
      break;
  }
  problems_.Describe(absl::StrCat("connection ", connection, " got message ", stamp.sequence,
                                  " of publisher ", stamp.publisher, " ", what));
}

}  // namespace fanfare::bench
