// A route whose channel a test can look into.
#pragma once

#include <cstddef>
#include <string>

#include "core/route.h"

namespace fanfare::testing {

// The one route of its list: "/probe" is a chat room, and more. What it does on a message:
//
// - "burst <count> <bytes>": publishes that many messages at once, each BurstMessage(its number);
// - "send <count> <bytes>": sends them to the session alone;
// - "close": closes the session with 1000;
// - "tell", "close-all": sends "told" to all sessions that ever were, or closes them, by handles;
// - "later <milliseconds>": sends them all "later" after that time.
const RegisterRoute* ProbeRoute();

// Bytes that the probe's channel holds for its slowest subscriber. Any thread, while a server with
// the probe runs.
std::size_t ProbeMemory();

// The n-th message of a burst.
std::string BurstMessage(std::size_t number, std::size_t bytes);

}  // namespace fanfare::testing
