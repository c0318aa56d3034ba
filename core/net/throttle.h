// What holds back a session that sends too fast.
#pragma once

#include "core/access/session_rate.h"
#include "core/limits.h"
#include "core/net/net.h"

namespace fanfare {

// Watches limits.messages_per_second and limits.bytes_per_second. Made only where one of them is
// set: it would be a quarter of what an idle session takes.
struct Throttle {
  Throttle(const Limits& limits, net::io_context& context) : rate(limits), timer(context) {}

  SessionRate rate;
  // Until it expires, the session is not read from.
  Timer timer;
  bool waits = false;
};

}  // namespace fanfare
