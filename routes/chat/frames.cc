#include "routes/chat/frames.h"

#include <algorithm>

#include "routes/chat/json_object.h"
#include "routes/chat/time_text.h"

namespace fanfare::chat {
namespace {

using Clock = std::chrono::system_clock;

JsonObject Begin(std::string_view type, std::string_view id, std::string_view room) {
  JsonObject frame;
  frame.Text("type", type).TextIfAny("id", id).TextIfAny("room", room);
  return frame;
}

std::uint64_t NumberOf(std::chrono::seconds time) {
  return static_cast<std::uint64_t>(std::max<std::chrono::seconds::rep>(time.count(), 0));
}

// What the next page begins after, or null.
std::string NextOf(const Presence::Page& page) {
  return page.next.empty() ? "null" : JsonString(page.next);
}

std::string PresenceOf(const Room::MemberPage& page) {
  JsonObject presence;
  presence.Number("version", page.version);
  if (page.is_listed) {
    presence.Json("members", JsonArray(page.page.members)).Json("next", NextOf(page.page));
  } else {
    presence.Number("count", page.count).Flag("listed", false);
  }
  return presence.Take();
}

}  // namespace

std::string WelcomeFrame(std::string_view session, std::string_view token,
                         std::chrono::milliseconds grace,
                         std::optional<std::chrono::seconds> expires_in) {
  const std::string limits = JsonObject()
                                 .Number("text_bytes", kMaxTextBytes)
                                 .Number("data_bytes", kMaxDataBytes)
                                 .Number("rooms", kMaxRoomsOfSession)
                                 .Number("history", kMaxPage)
                                 .Take();
  JsonObject frame = Begin("welcome", "", "");
  frame.Text("session", session)
      .Text("token", token)
      .Number("grace_ms", static_cast<std::uint64_t>(grace.count()))
      .Json("limits", limits);
  if (expires_in) frame.Number("expires_in", NumberOf(*expires_in));
  return frame.Take();
}

std::string RenewedFrame(std::string_view id, std::chrono::seconds expires_in) {
  return Begin("renewed", id, "").Number("expires_in", NumberOf(expires_in)).Take();
}

std::string TokenExpiringFrame(std::chrono::seconds expires_in) {
  return Begin("token_expiring", "", "").Number("expires_in", NumberOf(expires_in)).Take();
}

std::string PongFrame(std::string_view id) {
  return Begin("pong", id, "").Take();
}

std::string AckFrame(std::string_view id, std::string_view room) {
  return Begin("ack", id, room).Take();
}

std::string AckFrame(std::string_view id, std::string_view room, const Room::Published& published) {
  JsonObject frame = Begin("ack", id, room);
  frame.Number("offset", published.offset);
  if (published.is_duplicate) frame.Flag("duplicate", true);
  return frame.Take();
}

std::string ResumedFrame(std::string_view id, std::string_view session) {
  return Begin("ack", id, "").Text("session", session).Take();
}

std::string JoinedFrame(std::string_view id, const Room& room, const Room::Joined& joined) {
  return Begin("joined", id, room.name())
      .Text("epoch", room.epoch())
      .Number("offset", joined.offset)
      .Number("first", joined.history.first)
      .Number("count", joined.members.count)
      .Flag("recovered", joined.is_recovered)
      .Json("history", JsonArray(joined.history.events))
      .Json("presence", PresenceOf(joined.members))
      .Take();
}

std::string EventsFrame(std::string_view id, const Room& room, const Room::EventPage& page) {
  return Begin("events", id, room.name())
      .Text("epoch", room.epoch())
      .Number("first", page.first)
      .Json("events", JsonArray(page.events))
      .Take();
}

std::string MembersFrame(std::string_view id, const Room& room, const Room::MemberPage& page) {
  return Begin("members", id, room.name())
      .Number("version", page.version)
      .Number("count", page.count)
      .Json("members", JsonArray(page.page.members))
      .Json("next", NextOf(page.page))
      .Take();
}

std::string TypingFrame(const Room& room, const Author& from, bool on) {
  JsonObject frame = Begin("typing", "", room.name());
  frame.Json("from", from.json).Flag("on", on);
  if (on) frame.Text("expires", TimeText(Clock::now() + kTypingExpires));
  return frame.Take();
}

std::string DirectFrame(const Author& from, std::string_view text) {
  return Begin("direct", "", "")
      .Text("time", TimeText(Clock::now()))
      .Json("from", from.json)
      .Text("text", text)
      .Take();
}

std::string SkippedFrame(std::string_view room, std::uint64_t count) {
  return Begin("skipped", "", room).Number("count", count).Take();
}

std::string ErrorFrame(std::string_view id, std::string_view room, const Error& error) {
  return Begin("error", id, "")
      .Text("code", NameOf(error.code))
      .Text("message", error.message)
      .TextIfAny("room", room)
      .Take();
}

}  // namespace fanfare::chat
