// The chat route: what a session says, everybody in its room hears, itself included. The same rooms
// can be read as event streams, and be used over HTTP.

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/route.h"
#include "routes/chat/access.h"
#include "routes/chat/api.h"
#include "routes/chat/identities.h"
#include "routes/chat/json_handler.h"
#include "routes/chat/paths.h"
#include "routes/chat/plain_handler.h"
#include "routes/chat/protocol.h"
#include "routes/chat/reader.h"
#include "routes/chat/rooms.h"
#include "routes/chat/settings.h"

namespace fanfare::chat {
namespace {

class ChatRoute final : public Route {
 public:
  ChatRoute(RouteContext& context, const Settings& settings)
      : grace_(settings.room.grace),
        rooms_(context, settings.room, settings.rooms),
        identities_(context, settings.resume),
        api_(rooms_, ApiAccess(settings.api_keys, context.is_loopback_only())) {}

  std::vector<std::string> subprotocols() const override { return {std::string(kSubprotocol)}; }

  Service ServiceAt(std::string_view pattern) const override {
    switch (*PartAt(pattern)) {
      case Part::kChat:
        return {};
      case Part::kMessages:
        return {.has_websocket = false, .http_methods = {"GET", "POST"}};
      default:
        return {.has_websocket = false, .http_methods = {"GET"}};
    }
  }

  bool HasOwnKey(const fanfare::Request& request) const override {
    const Part part = *PartAt(request.pattern);
    return part != Part::kChat && part != Part::kEvents && api_.HasKey(request);
  }

  Response Answer(const fanfare::Request& request) override {
    const Part part = *PartAt(request.pattern);
    return part == Part::kEvents ? AnswerReader(rooms_, request) : api_.Answer(part, request);
  }

  std::vector<GroupInfo> GroupsAfter(const std::string& name, std::size_t limit) const override {
    return rooms_.DescribeAfter(name, limit);
  }

  absl::StatusOr<std::unique_ptr<Handler>> Open(Session& session) override {
    const bool is_plain = session.request().subprotocol.empty();
    return is_plain ? OpenPlain(session) : OpenJson(session);
  }

 private:
  absl::StatusOr<std::unique_ptr<Handler>> OpenPlain(Session& session) {
    std::string_view room = session.request().Param("room");
    if (room.empty()) room = kLobby;
    if (room.size() > kMaxRoomNameBytes) {
      return absl::InvalidArgumentError("a room's name has at most 128 bytes");
    }
    if (!MayJoin(session.identity(), room)) {
      return absl::PermissionDeniedError(Forbidden("be", "").message + " in this room");
    }
    return std::make_unique<PlainHandler>(rooms_.EnterPlain(std::string(room)), session);
  }

  absl::StatusOr<std::unique_ptr<Handler>> OpenJson(Session& session) {
    const fanfare::Request& request = session.request();
    auto handler = std::make_unique<JsonHandler>(session, rooms_, identities_, grace_);
    if (const std::string_view room = request.Param("room"); !room.empty()) {
      handler->JoinAtOnce(room, request.Query("name"), request.Query("history"));
    }
    return handler;
  }

  const std::chrono::milliseconds grace_;
  Rooms rooms_;
  Identities identities_;
  Api api_;
};

absl::StatusOr<std::unique_ptr<Route>> MakeChat(RouteContext& context) {
  if (absl::Status status = CheckPatterns(context.patterns()); !status.ok()) return status;
  absl::StatusOr<Settings> settings = ReadSettings(context.options());
  if (!settings.ok()) return settings.status();
  return std::make_unique<ChatRoute>(context, *settings);
}

const RegisterRoute kChat("chat",
                          {"/chat", "/chat/{room}", "/chat/{room}/events", "/api/rooms",
                           "/api/rooms/{room}/messages", "/api/rooms/{room}/members"},
                          MakeChat);

}  // namespace
}  // namespace fanfare::chat
