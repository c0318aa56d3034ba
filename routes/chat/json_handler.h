// One client of the protocol fanfare.chat.v1.
#pragma once

#include <chrono>
#include <list>
#include <memory>
#include <string>
#include <string_view>

#include "core/route.h"
#include "routes/chat/author.h"
#include "routes/chat/identities.h"
#include "routes/chat/protocol.h"
#include "routes/chat/requests.h"
#include "routes/chat/rooms.h"
#include "routes/chat/typing_gate.h"

namespace fanfare::chat {

// Answers a session's requests. Rooms and identities must outlive it.
class JsonHandler final : public Handler {
 public:
  // Welcomes the session.
  JsonHandler(Session& session, Rooms& rooms, Identities& identities,
              std::chrono::milliseconds grace);
  // Its rooms, unless it left them, count the session for a while longer; its identity can be taken
  // up again.
  ~JsonHandler() override;
  JsonHandler(const JsonHandler&) = delete;
  JsonHandler& operator=(const JsonHandler&) = delete;

  void OnMessage(Message message) override;
  // A clean end is a leave.
  void OnPeerClosed(CloseCode code) override;
  void OnMissed(std::string_view channel, std::uint64_t messages) override;
  void OnSendsTooFast(std::string_view setting, std::chrono::milliseconds left) override;
  void OnTokenExpiring(std::chrono::milliseconds left) override;

  // Joins a room as if the client had asked for it. `history` is a number's text; empty members are
  // those that the client did not give.
  void JoinAtOnce(std::string_view room, std::string_view name, std::string_view history);

 private:
  struct Membership {
    Rooms::Stay room;
    Author who;
    // Last, so that it ends before the stay does.
    Subscription subscription = {};
    TypingGate typing = {};
  };

  // One for each kind of request. `id` is the client's, or empty.
  void Do(const std::string& id, const Resume& resume);
  void Do(const std::string& id, const Ping& ping);
  void Do(const std::string& id, const Join& join);
  void Do(const std::string& id, const Leave& leave);
  void Do(const std::string& id, const Publish& publish);
  void Do(const std::string& id, const Edit& edit);
  void Do(const std::string& id, const Delete& which);
  void Do(const std::string& id, const React& react);
  void Do(const std::string& id, const ReadEvents& read);
  void Do(const std::string& id, const ReadMembers& read);
  void Do(const std::string& id, const Typing& typing);
  void Do(const std::string& id, const Direct& direct);
  void Do(const std::string& id, const Renew& renew);

  void Handle(std::string_view frame);
  // Edits, deletions and reactions.
  template <typename Change>
  void DoChange(const std::string& id, const Change& change);
  // The session that a direct message is for.
  OrError<std::string> ReceiverOf(const Direct& direct);
  // Leaves the rooms that its newest token does not let it be in, and says so.
  void LeaveForbidden();

  // Null, after an error was sent, if the session is not in the room; or may not publish there.
  Membership* FindOrRefuse(const std::string& id, const std::string& room);
  Membership* FindToPublish(const std::string& id, const std::string& room);
  Membership* Find(const std::string& room);

  void Send(std::string_view frame);
  // Sends what only a client that gave an id is sent.
  void Acknowledge(const std::string& id, std::string_view frame);
  void Refuse(const std::string& id, const std::string& room, const Error& error);

  Session& session_;
  Rooms& rooms_;
  Identities& identities_;
  const std::shared_ptr<SessionHandle> connection_;
  std::shared_ptr<Identity> identity_;
  // In the order in which they were joined.
  std::list<Membership> memberships_;
};

}  // namespace fanfare::chat
