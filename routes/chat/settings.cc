#include "routes/chat/settings.h"

#include <cstdint>

#include "routes/chat/api_access.h"

namespace fanfare::chat {
namespace {

constexpr std::int64_t kMost = std::int64_t{1} << 30;

}  // namespace

absl::StatusOr<Settings> ReadSettings(Options& options) {
  using std::chrono::milliseconds;
  using std::chrono::seconds;
  Settings settings;
  RoomSettings& room = settings.room;

  Options history = options.Section("history", "what a room keeps for those who come later");
  room.history.messages = static_cast<std::size_t>(
      history.Int("events", 1000, {0, kMost}, "messages, and what else happened"));
  room.history.bytes = static_cast<std::size_t>(history.Int(
      "bytes", 256 * 1024, {0, kMost}, "as it is sent; at most half of limits.log_bytes"));
  room.history.age =
      seconds(history.Int("seconds", 24 * 60 * 60, {0, kMost}, "nothing older than that"));

  Options presence = options.Section("presence", "who is there");
  room.presence_interval = milliseconds(presence.Int(
      "interval_ms", 1000, {10, 60'000}, "how often a room is told who came and went, at most"));
  room.grace =
      milliseconds(presence.Int("grace_ms", 5000, {0, 600'000},
                                "for how long somebody whose connection broke counts as present"));
  room.list_up_to = static_cast<std::size_t>(
      presence.Int("list_up_to", 1000, {0, kMost},
                   "rooms with more people than that tell how many there are, and not who"));

  Options api = options.Section("api", "the rooms over HTTP; see HTTP.md");
  settings.api_keys = api.Strings(
      "keys", {}, "who sends one of these may use it; without any, this machine alone may");
  for (const std::string& key : settings.api_keys) {
    // What is wrong is not shown: it may be a secret all the same.
    if (!ApiAccess::IsKey(key)) {
      api.Fail("keys", "a key is 1 or more characters of A-Z a-z 0-9 - . _ ~ + / =");
    }
  }

  settings.resume = seconds(
      options.Int("resume_seconds", 120, {1, 86'400},
                  "for how long after its connection ended an identity can be taken up again"));
  settings.rooms = static_cast<std::size_t>(
      options.Int("rooms", 10'000, {1, kMost}, "how many rooms there may be at once"));
  if (absl::Status status = options.Finish(); !status.ok()) return status;
  return settings;
}

}  // namespace fanfare::chat
