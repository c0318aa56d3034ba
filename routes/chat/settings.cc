#include "routes/chat/settings.h"

#include <cstdint>
#include <initializer_list>

namespace fanfare::chat {
namespace {

constexpr std::int64_t kMost = std::int64_t{1} << 30;

Options Nested(Options& options, std::string_view name) {
  return Options(options.Take(name), options.PathOf(name));
}

}  // namespace

absl::StatusOr<Settings> ReadSettings(Options& options) {
  using std::chrono::milliseconds;
  using std::chrono::seconds;
  Settings settings;
  RoomSettings& room = settings.room;

  Options history = Nested(options, "history");
  room.history.messages = static_cast<std::size_t>(history.Int("events", 1000, {0, kMost}));
  room.history.bytes = static_cast<std::size_t>(history.Int("bytes", 256 * 1024, {0, kMost}));
  room.history.age = seconds(history.Int("seconds", 24 * 60 * 60, {0, kMost}));

  Options presence = Nested(options, "presence");
  room.presence_interval = milliseconds(presence.Int("interval_ms", 1000, {10, 60'000}));
  room.grace = milliseconds(presence.Int("grace_ms", 5000, {0, 600'000}));
  room.list_up_to = static_cast<std::size_t>(presence.Int("list_up_to", 1000, {0, kMost}));

  Options api = Nested(options, "api");
  settings.api_keys = api.Strings("keys", {});
  for (const std::string& key : settings.api_keys) {
    if (key.empty()) api.Fail("keys", "a key is empty");
  }

  settings.resume = seconds(options.Int("resume_seconds", 120, {1, 86'400}));
  settings.rooms = static_cast<std::size_t>(options.Int("rooms", 10'000, {1, kMost}));
  for (const Options* each : {&history, &presence, &api}) {
    if (absl::Status status = each->Finish(); !status.ok()) return status;
  }
  return settings;
}

}  // namespace fanfare::chat
