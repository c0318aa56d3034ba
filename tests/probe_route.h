// A route whose channel a test can look into.
#pragma once

#include <cstddef>
#include <string>

#include "core/route.h"

namespace fanfare::testing {

// The one route of its list: "/probe" is a chat room, and more:
//   "burst <count> <bytes>"  that many messages are published at once, each BurstMessage(its
//   number) "send <count> <bytes>"   the same, but sent to the session alone "close" the session is
//   closed with 1000
const RegisterRoute* ProbeRoute();

// Bytes that the probe's channel holds for its slowest subscriber. Any thread, while a server with
// the probe runs.
std::size_t ProbeMemory();

// The n-th message of a burst.
std::string BurstMessage(std::size_t number, std::size_t bytes);

}  // namespace fanfare::testing
