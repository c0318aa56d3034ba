#include "routes/chat/settings.h"

#include <cstdint>
#include <initializer_list>

#include "routes/chat/api_access.h"

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
    // What is wrong is not shown: it may be a secret all the same.
    if (!ApiAccess::IsKey(key)) {
      api.Fail("keys", "a key is 1 or more characters of A-Z a-z 0-9 - . _ ~ + / =");
    }
  }

  settings.resume = seconds(options.Int("resume_seconds", 120, {1, 86'400}));
  settings.rooms = static_cast<std::size_t>(options.Int("rooms", 10'000, {1, kMost}));
  for (const Options* each : {&history, &presence, &api}) {
    if (absl::Status status = each->Finish(); !status.ok()) return status;
  }
  return settings;
}

}  // namespace fanfare::chat
