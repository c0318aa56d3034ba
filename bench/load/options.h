// What a load does.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "bench/load/url.h"
#include "bench/roster.h"

namespace fanfare::bench {

// When a publisher sends.
enum class Mode {
  // Never: connections are held, and that is all.
  kIdle,
  // When all clients have all messages: one fan-out at a time.
  kLockstep,
  // Closed loop: when fewer than `window` messages of its own have not come back to it.
  kWindow,
  // Open loop: when its time has come, whatever the server does.
  kRate,
};

const char* NameOf(Mode mode);

// Each is the flag of the same name; see load.cc.
struct Options {
  Url url;
  Roster roster;
  Mode mode = Mode::kWindow;
  int window = 1;
  // Messages per second, in all.
  double rate = 0;
  std::size_t size = 64;
  std::chrono::nanoseconds warmup = std::chrono::seconds(2);
  std::chrono::nanoseconds duration = std::chrono::seconds(10);
  // How long what is still owed at the end is waited for.
  std::chrono::nanoseconds drain = std::chrono::seconds(10);
  // Connections per second; 0 is as fast as a few under way go.
  double ramp = 0;
  double churn = 0;
  std::vector<pid_t> server_pids;
  // How long a publisher's room may take to hear it at the start, and how long nothing may come
  // while something is owed.
  std::chrono::nanoseconds patience = std::chrono::seconds(10);
};

// The first thing that is wrong with the options, naming its flag.
absl::Status Check(const Options& options);

}  // namespace fanfare::bench
