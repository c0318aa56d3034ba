// The chat route's options.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/options.h"
#include "routes/chat/room.h"

namespace fanfare::chat {

struct Settings {
  RoomSettings room;
  // How many rooms may have a record.
  std::size_t rooms = 10'000;
  // How long an identity is remembered after its connection ended.
  std::chrono::seconds resume{120};
  // Who may use the HTTP interface; see ApiAccess.
  std::vector<std::string> api_keys;
};

// Reads `routes[].options`; see README.md. The error names the option.
absl::StatusOr<Settings> ReadSettings(Options& options);

}  // namespace fanfare::chat
