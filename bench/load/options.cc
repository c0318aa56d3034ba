#include "bench/load/options.h"

#include "absl/strings/str_cat.h"
#include "bench/message.h"

namespace fanfare::bench {
namespace {

// Sequence numbers and publishers have fixed digits in a message.
constexpr std::size_t kMostPublishers = 0xFFFF;

absl::Status Wrong(const char* flag, const std::string& why) {
  return absl::InvalidArgumentError(absl::StrCat("--", flag, ": ", why));
}

}  // namespace

const char* NameOf(Mode mode) {
  switch (mode) {
    case Mode::kIdle:
      return "idle";
    case Mode::kLockstep:
      return "lockstep";
    case Mode::kWindow:
      return "window";
    case Mode::kRate:
      return "rate";
  }
  return "";
}

absl::Status Check(const Options& options) {
  const Roster& roster = options.roster;
  if (roster.connections < 1) {
    return Wrong("connections", "must be at least 1");
  }
  if (roster.rooms < 1 || roster.rooms > roster.connections) {
    return Wrong("rooms", "must be between 1 and --connections");
  }
  if (roster.rooms > 1 && !options.url.has_room()) {
    return Wrong("rooms", "more than one needs {room} in the path of --url");
  }
  if (roster.stalled > roster.connections) {
    return Wrong("stalled", "must be at most --connections");
  }
  if (roster.publishers > roster.connections - roster.stalled ||
      roster.publishers > kMostPublishers) {
    return Wrong("publishers", "must be at most --connections without --stalled, and 65535");
  }
  if (options.size < MessageFormat::kStampBytes) {
    return Wrong("size", absl::StrCat("must be at least ", MessageFormat::kStampBytes,
                                      ", the bookkeeping in each message"));
  }
  if (options.mode == Mode::kWindow && options.window < 1) {
    return Wrong("window", "must be at least 1");
  }
  if (options.mode == Mode::kRate && !(options.rate > 0)) {
    return Wrong("rate", "must be more than 0");
  }
  if (options.warmup < options.warmup.zero()) {
    return Wrong("warmup", "must not be negative");
  }
  if (options.duration <= options.duration.zero()) {
    return Wrong("duration", "must be more than 0");
  }
  if (options.drain < options.drain.zero()) {
    return Wrong("drain", "must not be negative");
  }
  if (!(options.ramp >= 0)) {
    return Wrong("ramp", "must not be negative");
  }
  if (!(options.churn >= 0)) {
    return Wrong("churn", "must not be negative");
  }
  if (options.churn > 0 && roster.publishers + roster.stalled >= roster.connections) {
    return Wrong("churn", "needs connections that neither publish nor stall");
  }
  return absl::OkStatus();
}

}  // namespace fanfare::bench
