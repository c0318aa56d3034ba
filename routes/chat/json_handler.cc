#include "routes/chat/json_handler.h"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <optional>
#include <utility>
#include <variant>

#include "routes/chat/access.h"
#include "routes/chat/frames.h"
#include "routes/chat/json_object.h"

namespace fanfare::chat {
namespace {

bool IsNumber(std::string_view text) {
  constexpr std::size_t kMostDigits = 9;
  const bool has_leading_zero = text.size() > 1 && text.starts_with('0');
  return !text.empty() && text.size() <= kMostDigits && !has_leading_zero &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

JsonHandler::JsonHandler(Session& session, Rooms& rooms, Identities& identities,
                         std::chrono::milliseconds grace)
    : session_(session),
      rooms_(rooms),
      identities_(identities),
      connection_(session.handle()),
      identity_(identities.Begin(connection_, UserOf(session.identity()))) {
  Send(WelcomeFrame(identity_->session, identity_->token, grace, LeftOf(session.identity())));
}

JsonHandler::~JsonHandler() {
  for (Membership& membership : memberships_) membership.room->Lose(session_, membership.who);
  identities_.End(*identity_, *connection_);
}

void JsonHandler::OnMessage(Message message) {
  if (message.type != MessageType::kText) {
    session_.Close(CloseCode::kUnsupportedData, "a frame is a text message");
    return;
  }
  Handle(message.payload);
}

void JsonHandler::OnPeerClosed(CloseCode code) {
  // Others, as that of a page which is left (1001), may be followed by another connection.
  if (code != CloseCode::kNormal && code != CloseCode::kNoStatus) return;
  for (Membership& membership : memberships_) membership.room->Leave(session_, membership.who);
  memberships_.clear();
}

void JsonHandler::OnMissed(std::string_view channel, std::uint64_t messages) {
  // A record's channel has its room's name.
  Send(SkippedFrame(channel, messages));
}

void JsonHandler::OnSendsTooFast(std::string_view setting, std::chrono::milliseconds left) {
  Refuse("", "",
         {.code = ErrorCode::kTooFast,
          .message = absl::StrCat("this session sends more than ", std::string(setting),
                                  " lets it; if it goes on, it ends in ", left.count(), " ms")});
}

void JsonHandler::OnTokenExpiring(std::chrono::milliseconds left) {
  Send(TokenExpiringFrame(std::chrono::duration_cast<std::chrono::seconds>(left)));
}

void JsonHandler::JoinAtOnce(std::string_view room, std::string_view name,
                             std::string_view history) {
  JsonObject join;
  join.Text("type", "join").Text("room", room).TextIfAny("name", name);
  if (IsNumber(history)) {
    join.Json("history", history);
  } else {
    join.TextIfAny("history", history);
  }
  Handle(join.Take());
}

void JsonHandler::Handle(std::string_view frame) {
  const std::variant<ChatRequest, BadRequest> decoded = DecodeRequest(frame);
  if (const auto* bad = std::get_if<BadRequest>(&decoded)) {
    Refuse(bad->id, bad->room, bad->error);
    return;
  }
  const auto& request = std::get<ChatRequest>(decoded);
  std::visit([&](const auto& what) { Do(request.id, what); }, request.what);
}

void JsonHandler::Do(const std::string& id, const Resume& resume) {
  if (!memberships_.empty()) {
    Refuse(id, "", {.code = ErrorCode::kCannotResume, .message = "rooms were joined already"});
    return;
  }
  const auto identity =
      identities_.Resume(resume.session, resume.token, connection_, UserOf(session_.identity()));
  if (identity == nullptr) {
    Refuse(id, "",
           {.code = ErrorCode::kCannotResume, .message = "no such session, or another token"});
    return;
  }
  if (identity != identity_) identities_.Forget(*identity_, *connection_);
  identity_ = identity;
  Acknowledge(id, ResumedFrame(id, identity_->session));
}

void JsonHandler::Do(const std::string& id, const Ping&) {
  Send(PongFrame(id));
}

void JsonHandler::Do(const std::string& id, const Join& join) {
  if (Find(join.room) != nullptr) {
    Refuse(id, join.room,
           {.code = ErrorCode::kAlreadyJoined, .message = "you are in the room already"});
    return;
  }
  const Who& who = session_.identity();
  if (!MayJoin(who, join.room)) {
    Refuse(id, join.room, Forbidden("be", join.room));
    return;
  }
  if (memberships_.size() == kMaxRoomsOfSession) {
    Refuse(id, join.room,
           {.code = ErrorCode::kTooManyRooms, .message = "you are in as many rooms as you may"});
    return;
  }
  std::optional<Rooms::Stay> stay = rooms_.Enter(join.room);
  if (!stay) {
    Refuse(id, join.room,
           {.code = ErrorCode::kTooManyRooms, .message = "the server has as many as it may"});
    return;
  }
  Membership& membership = memberships_.emplace_back(Membership{
      .room = *std::move(stay), .who = Author(identity_->session, NameOf(who, join.name))});
  Room::Joined joined = membership.room->Join(session_, membership.who, join);
  membership.subscription = std::move(joined.subscription);
  Send(JoinedFrame(id, *membership.room, joined));
}

void JsonHandler::Do(const std::string& id, const Leave& leave) {
  Membership* membership = FindOrRefuse(id, leave.room);
  if (membership == nullptr) return;
  membership->room->Leave(session_, membership->who);
  memberships_.remove_if([&](const Membership& each) { return &each == membership; });
  Acknowledge(id, AckFrame(id, leave.room));
}

void JsonHandler::Do(const std::string& id, const Publish& publish) {
  Membership* membership = FindToPublish(id, publish.room);
  if (membership == nullptr) return;
  Room& room = *membership->room;
  const std::lock_guard lock(identity_->publishing);
  Room::Published published;
  if (const auto* before = identity_->publishes.Find(id, publish.room, room.epoch())) {
    published = {.offset = before->offset, .is_duplicate = true};
  } else {
    published = room.Say(membership->who, publish.content);
    membership->typing.Said();
    identity_->publishes.Add(id, {.room = publish.room,
                                  .epoch = room.epoch(),
                                  .offset = published.offset,
                                  .time = published.time});
  }
  Acknowledge(id, AckFrame(id, publish.room, published));
}

template <typename Change>
void JsonHandler::DoChange(const std::string& id, const Change& change) {
  Membership* membership = FindToPublish(id, change.room);
  if (membership == nullptr) return;
  const OrError<Room::Published> changed = membership->room->Change(membership->who, change);
  if (const auto* error = std::get_if<Error>(&changed)) {
    Refuse(id, change.room, *error);
  } else {
    Acknowledge(id, AckFrame(id, change.room, std::get<Room::Published>(changed)));
  }
}

void JsonHandler::Do(const std::string& id, const Edit& edit) {
  DoChange(id, edit);
}

void JsonHandler::Do(const std::string& id, const Delete& which) {
  DoChange(id, which);
}

void JsonHandler::Do(const std::string& id, const React& react) {
  DoChange(id, react);
}

void JsonHandler::Do(const std::string& id, const ReadEvents& read) {
  Membership* membership = FindOrRefuse(id, read.room);
  if (membership == nullptr) return;
  const Room& room = *membership->room;
  Send(EventsFrame(id, room, room.ReadEvents(read.before, read.limit)));
}

void JsonHandler::Do(const std::string& id, const ReadMembers& read) {
  Membership* membership = FindOrRefuse(id, read.room);
  if (membership == nullptr) return;
  Room& room = *membership->room;
  Send(MembersFrame(id, room, room.ReadMembers(read.after, read.limit, membership->who.session)));
}

void JsonHandler::Do(const std::string& id, const Typing& typing) {
  Membership* membership = FindToPublish(id, typing.room);
  if (membership == nullptr) return;
  if (membership->typing.Pass(typing.on, std::chrono::steady_clock::now())) {
    Room& room = *membership->room;
    room.Pass(TypingFrame(room, membership->who, typing.on));
  }
  Acknowledge(id, AckFrame(id, typing.room));
}

void JsonHandler::Do(const std::string& id, const Direct& direct) {
  const OrError<std::string> receiver = ReceiverOf(direct);
  if (const auto* error = std::get_if<Error>(&receiver)) {
    Refuse(id, direct.room, *error);
    return;
  }
  const Author from =
      memberships_.empty()
          ? Author(identity_->session, NameOf(session_.identity(), std::string(kGuest)))
          : memberships_.back().who;
  if (!identities_.Send(std::get<std::string>(receiver), DirectFrame(from, direct.text))) {
    Refuse(id, direct.room,
           {.code = ErrorCode::kNoSuchMember, .message = "nobody can be reached there"});
    return;
  }
  Acknowledge(id, AckFrame(id, ""));
}

OrError<std::string> JsonHandler::ReceiverOf(const Direct& direct) {
  if (!direct.session.empty()) {
    const auto may_publish = [this](const Membership& membership) {
      return MayPublish(session_.identity(), membership.room->name());
    };
    if (MayPublishAnywhere(session_.identity()) || std::ranges::any_of(memberships_, may_publish)) {
      return direct.session;
    }
    return Forbidden("publish", "");
  }
  Membership* membership = Find(direct.room);
  if (membership == nullptr) {
    return Error{.code = ErrorCode::kNotJoined, .message = "you are not in the room"};
  }
  if (!MayPublish(session_.identity(), direct.room)) return Forbidden("publish", direct.room);
  return membership->room->SessionNamed(direct.name);
}

void JsonHandler::Do(const std::string& id, const Renew& renew) {
  if (absl::Status renewed = session_.Renew(renew.token); !renewed.ok()) {
    Refuse(id, "", {.code = ErrorCode::kUnauthorized, .message = std::string(renewed.message())});
    return;
  }
  Send(RenewedFrame(id, *LeftOf(session_.identity())));
  LeaveForbidden();
}

void JsonHandler::LeaveForbidden() {
  memberships_.remove_if([this](Membership& membership) {
    const std::string room = membership.room->name();
    if (MayJoin(session_.identity(), room)) return false;
    membership.room->Leave(session_, membership.who);
    Refuse("", room, Forbidden("be", room));
    return true;
  });
}

JsonHandler::Membership* JsonHandler::FindOrRefuse(const std::string& id, const std::string& room) {
  Membership* membership = Find(room);
  if (membership == nullptr) {
    Refuse(id, room, {.code = ErrorCode::kNotJoined, .message = "you are not in the room"});
  }
  return membership;
}

JsonHandler::Membership* JsonHandler::FindToPublish(const std::string& id,
                                                    const std::string& room) {
  Membership* membership = FindOrRefuse(id, room);
  if (membership == nullptr || MayPublish(session_.identity(), room)) return membership;
  Refuse(id, room, Forbidden("publish", room));
  return nullptr;
}

JsonHandler::Membership* JsonHandler::Find(const std::string& room) {
  const auto found = std::ranges::find(
      memberships_, room, [](const Membership& membership) { return membership.room->name(); });
  return found == memberships_.end() ? nullptr : &*found;
}

void JsonHandler::Send(std::string_view frame) {
  session_.Send({.type = MessageType::kText, .payload = frame});
}

void JsonHandler::Acknowledge(const std::string& id, std::string_view frame) {
  if (!id.empty()) Send(frame);
}

void JsonHandler::Refuse(const std::string& id, const std::string& room, const Error& error) {
  Send(ErrorFrame(id, room, error));
}

}  // namespace fanfare::chat
