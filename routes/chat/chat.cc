// The chat route: what a session says, everybody in its room hears, itself included.

#include <memory>
#include <string>

#include "core/route.h"
#include "routes/chat/rooms.h"

namespace fanfare::chat {
namespace {

// The room of a path that names none.
constexpr std::string_view kLobby = "lobby";
constexpr std::size_t kMaxRoomNameBytes = 128;

class ChatHandler final : public Handler {
 public:
  ChatHandler(Rooms& rooms, std::string room, Session& session)
      : stay_(rooms, std::move(room), session) {}

  void OnMessage(Message message) override { stay_.sessions().Broadcast(message); }

 private:
  Rooms::Stay stay_;
};

class ChatRoute final : public Route {
 public:
  explicit ChatRoute(RouteContext& context)
      : rooms_([&context](std::string room) { return context.MakeChannel(std::move(room)); }) {}

  absl::StatusOr<std::unique_ptr<Handler>> Open(Session& session) override {
    std::string_view room = session.request().Param("room");
    if (room.empty()) room = kLobby;
    if (room.size() > kMaxRoomNameBytes) {
      return absl::InvalidArgumentError("a room's name has at most 128 bytes");
    }
    return std::make_unique<ChatHandler>(rooms_, std::string(room), session);
  }

 private:
  Rooms rooms_;
};

const RegisterRoute kChat("chat", {"/chat", "/chat/{room}"}, MakeRoute<ChatRoute>);

}  // namespace
}  // namespace fanfare::chat
