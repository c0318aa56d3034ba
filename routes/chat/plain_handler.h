// A client without a subprotocol: whatever it says, its room hears.
#pragma once

#include <utility>

#include "core/route.h"
#include "routes/chat/access.h"
#include "routes/chat/rooms.h"

namespace fanfare::chat {

class PlainHandler final : public Handler {
 public:
  PlainHandler(Rooms::Stay room, Session& session) : room_(std::move(room)), session_(session) {
    room_->JoinPlain(session_);
  }
  ~PlainHandler() override { room_->LeavePlain(session_); }
  PlainHandler(const PlainHandler&) = delete;
  PlainHandler& operator=(const PlainHandler&) = delete;

  void OnMessage(Message message) override {
    if (!MayPublish(session_.identity(), room_->name())) {
      session_.Close(CloseCode::kPolicyViolation, Forbidden("publish", "").message);
      return;
    }
    room_->SayPlain(session_, message);
  }

 private:
  Rooms::Stay room_;
  Session& session_;
};

}  // namespace fanfare::chat
