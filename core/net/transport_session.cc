// Transport, as its route has it: the session, its handler and its handle.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/check.h"
#include "core/compat.h"
#include "core/event_log.h"
#include "core/exception_text.h"
#include "core/log_text.h"
#include "core/net/transport.h"

namespace fanfare {
namespace {

// What operators are shown of a path; it is kept for as long as the session.
constexpr std::size_t kMaxPathBytes = 128;

}  // namespace

// A session, until it ends.
class TransportHandle final : public SessionHandle,
                              public std::enable_shared_from_this<TransportHandle> {
 public:
  TransportHandle(Shard& shard, Session& session) : shard_(shard), session_(&session) {}

  void Send(MessageType type, std::string payload) override {
    Run([type, payload = std::move(payload)](Session& session) {
      session.Send({.type = type, .payload = payload});
    });
  }
  void Close(CloseCode code, std::string reason) override {
    Run([code, reason = std::move(reason)](Session& session) { session.Close(code, reason); });
  }
  // On the shard's thread.
  void SessionEnded() { session_ = nullptr; }

 private:
  template <class Task>
  void Run(Task task) {
    shard_.Post([self = shared_from_this(), task = std::move(task)] {
      if (self->session_ != nullptr) task(*self->session_);
    });
  }

  Shard& shard_;
  Session* session_;
};

const Request& Transport::request() const {
  FANFARE_CHECK(request_ != nullptr, "a session's request lasts as long as the call of Open");
  return *request_;
}

const std::shared_ptr<const Identity>& Transport::identity() const {
  static const std::shared_ptr<const Identity> kNobody;
  return token_ == nullptr ? kNobody : token_->identity();
}

absl::Status Transport::Renew(std::string_view token) {
  if (token_ == nullptr) return absl::FailedPreconditionError("no token is asked for here");
  // The keys may have changed since the session began.
  const SharedGeneration newest = shard_.generation();
  const Authenticator* authenticator = newest->routes().AuthenticatorOf(route_);
  if (authenticator == nullptr) authenticator = generation_->routes().AuthenticatorOf(route_);
  absl::Status renewed = token_->Renew(*authenticator, token, SessionToken::Time::clock::now());
  (renewed.ok() ? shard_.stats().tokens_renewed : shard_.stats().auth_refused).Add();
  if (!renewed.ok()) {
    const std::string_view why = ToStd(renewed.message());
    const std::string text = absl::StrCat("was refused another token: ", renewed.message());
    WriteLog(LogEvent::kUnauthorized,
             {.about = subject(), .text = text, .fields = {{"reason", why}}});
  }
  return renewed;
}

void Transport::CheckToken() {
  switch (token_->Check(shard_.now())) {
    case SessionToken::State::kValid:
      return;
    case SessionToken::State::kExpiresSoon:
      return CallHandler([this](Handler& handler) {
        handler.OnTokenExpiring(token_->Left(SessionToken::Time::clock::now()));
      });
    case SessionToken::State::kExpired:
      shard_.stats().tokens_expired.Add();
      return Close(CloseCode::kTokenExpired, "the token has expired");
  }
}

void Transport::Send(Message message) {
  if (closing_) return;
  if (!writer_.Write(message)) OnOutboxFull();
}

Subscription Transport::Subscribe(Channel& channel) {
  if (closing_) return Subscription();
  return Subscription(writer_.Subscribe(channel));
}

Subscription Transport::SubscribeFrom(Channel& channel, std::uint64_t offset) {
  if (closing_) return Subscription();
  return Subscription(writer_.Subscribe(channel, offset));
}

std::shared_ptr<SessionHandle> Transport::handle() {
  if (handle_ == nullptr) handle_ = std::make_shared<TransportHandle>(shard_, *this);
  return handle_;
}

void Transport::EndHandle() {
  if (handle_ != nullptr) handle_->SessionEnded();
}

SessionReport Transport::Report() const {
  return {.id = id_,
          .peer = peer_,
          .route = entry_->name,
          .pattern = entry_->pattern,
          .path = path_ == nullptr ? entry_->pattern : std::string_view(path_.get()),
          .user = identity() == nullptr ? std::string_view() : std::string_view(identity()->user),
          .format = writer_.format(),
          .opened = std::chrono::system_clock::from_time_t(opened_),
          .is_closing = closing_,
          .received = received_,
          .sent = writer_.sent(),
          .lag_bytes = writer_.lag_bytes(),
          .outbox_bytes = writer_.outbox_size()};
}

void Transport::OpenHandler(const Request& request, OpenFunction open) {
  request_ = &request;
  NoteOpened(request);
  try {
    absl::StatusOr<std::unique_ptr<Handler>> handler = open(*this);
    if (handler.ok()) {
      handler_ = *std::move(handler);
    } else {
      Close(absl::IsInternal(handler.status()) ? CloseCode::kInternalError
                                               : CloseCode::kPolicyViolation,
            ToStd(handler.status().message()));
    }
  } catch (...) {
    HandlerFailed(CurrentExceptionText());
  }
  request_ = nullptr;
}

void Transport::NoteOpened(const Request& request) {
  opened_ = static_cast<std::uint32_t>(
      std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()));
  entry_ = &*std::ranges::find(generation_->router().entries(), request.pattern,
                               &Router::Entry::pattern);
  if (request.path == request.pattern) return;
  const std::string_view path = std::string_view(request.path).substr(0, kMaxPathBytes);
  path_ = std::make_unique<char[]>(path.size() + 1);
  std::ranges::copy(path, path_.get());
}

void Transport::CallHandler(absl::FunctionRef<void(Handler& handler)> call) {
  if (handler_ != nullptr && !closing_) TryCall(call);
}

void Transport::TellPeerClosed(CloseCode code) {
  if (handler_ == nullptr) return;
  TryCall([code](Handler& handler) { handler.OnPeerClosed(code); });
}

void Transport::TryCall(absl::FunctionRef<void(Handler& handler)> call) {
  try {
    call(*handler_);
  } catch (...) {
    HandlerFailed(CurrentExceptionText());
  }
}

void Transport::HandlerFailed(const std::string& why) {
  const std::string text = absl::StrCat("the route failed: ", EscapeForLog(why));
  WriteLog(LogEvent::kRouteFailed, {.about = subject(), .text = text, .fields = {{"reason", why}}});
  Close(CloseCode::kInternalError, "the route failed");
}

}  // namespace fanfare
