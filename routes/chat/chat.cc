// The chat route: what a session says, everybody in its room hears, itself included.

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/route.h"
#include "routes/chat/identities.h"
#include "routes/chat/json_handler.h"
#include "routes/chat/plain_handler.h"
#include "routes/chat/protocol.h"
#include "routes/chat/rooms.h"
#include "routes/chat/settings.h"

namespace fanfare::chat {
namespace {

class ChatRoute final : public Route {
 public:
  ChatRoute(RouteContext& context, const Settings& settings)
      : grace_(settings.room.grace),
        rooms_(context, settings.room, settings.rooms),
        identities_(context, settings.resume) {}

  std::vector<std::string> subprotocols() const override { return {std::string(kSubprotocol)}; }

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
};

absl::StatusOr<std::unique_ptr<Route>> MakeChat(RouteContext& context) {
  absl::StatusOr<Settings> settings = ReadSettings(context.options());
  if (!settings.ok()) return settings.status();
  return std::make_unique<ChatRoute>(context, *settings);
}

const RegisterRoute kChat("chat", {"/chat", "/chat/{room}"}, MakeChat);

}  // namespace
}  // namespace fanfare::chat
