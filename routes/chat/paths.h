// What the chat route serves where.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace fanfare::chat {

enum class Part {
  // The WebSocket.
  kChat,
  // A room's events, as an event stream.
  kEvents,
  // The HTTP interface: a room's messages, its members, and the rooms that there are.
  kMessages,
  kMembers,
  kRooms,
};

// What is served at a pattern, which its end tells: `/events`, `/messages` and `/members` are of
// the room that `{room}` before it names, `/rooms` of no room, and everything else is the
// WebSocket's. The error is for a pattern that ends in one of the four and has no `{room}`, or
// should have none.
absl::StatusOr<Part> PartAt(std::string_view pattern);

// The first error of these patterns, if there is one.
absl::Status CheckPatterns(const std::vector<std::string>& patterns);

}  // namespace fanfare::chat
