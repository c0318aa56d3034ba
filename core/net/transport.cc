#include "core/net/transport.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/error.hpp>
#include <boost/beast/core/error.hpp>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/check.h"
#include "core/compat.h"
#include "core/event_log.h"
#include "core/exception_text.h"
#include "core/log_text.h"
#include "core/memory_reserve.h"

namespace fanfare {
namespace {

// More than the writer ever leaves there by itself.
constexpr std::size_t kMaxTlsOutput = 2 * SocketWriter::kMaxEncryptedBytes;
// What operators are shown of a path; it is kept for as long as the session.
constexpr std::size_t kMaxPathBytes = 128;

std::uint64_t NextId() {
  static std::atomic<std::uint64_t> next{1};
  return next.fetch_add(1, std::memory_order_relaxed);
}

std::unique_ptr<SessionToken> TokenOf(Admission admission) {
  if (admission.identity == nullptr) return nullptr;
  return std::make_unique<SessionToken>(std::move(admission), SessionToken::Time::clock::now());
}

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

Transport::Transport(TransportParts parts, Shard& shard, Format format)
    : shard_(shard),
      generation_(std::move(parts.generation)),
      route_(*parts.route),
      permit_(std::move(parts.permit)),
      id_(NextId()),
      peer_(std::move(parts.peer)),
      route_stats_(shard.stats().OfRoute(parts.route_name)),
      name_(ToString(peer_)),
      token_(TokenOf(std::move(parts.admission))),
      socket_(parts.socket.release()),
      heard_(shard.now()),
      writer_(shard.fanout(), *this, socket_.get(),
              {.outbox_bytes = limits().outbox_bytes, .format = format, .route = &route_stats_},
              std::move(parts.tls)) {
  shard_.Add(*this);
}

Transport::~Transport() {
  writer_.Close();
  // Still open where its end was cut short.
  if (socket_.get() >= 0) shard_.poller().Remove(socket_.get(), *this);
  shard_.Remove(*this);
}

void Transport::Begin() {
  shard_.poller().Add(socket_.get(), *this, events_);
  self_ = shared_from_this();
}

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

void Transport::Cut() {
  End(net::error::operation_aborted);
}

bool Transport::IsServedBy(const Generation& generation) const {
  return generation.routes().Has(route_);
}

void Transport::OnTick() {
  const Shard::Time now = shard_.now();
  if (closing_deadline_ != Shard::Time() && now >= closing_deadline_) {
    return End(beast::error::timeout);
  }
  if (closing_) return;
  if (token_ != nullptr) CheckToken();
  if (closing_) return;
  const auto silence = now - heard_;
  if (silence >= limits().idle_time) return End(beast::error::timeout);
  if (silence >= limits().idle_time / 2 && !std::exchange(was_silent_, true)) OnSilence();
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

void Transport::OnReady(std::uint32_t events) {
  // Until this returns, whatever ends it.
  const std::shared_ptr<Transport> self = self_;
  // Of memory that is short, others have the rest.
  const ReserveUse reserve(false);
  try {
    ReadAndWrite(events);
  } catch (...) {
    Fail(CurrentExceptionText());
  }
}

void Transport::Fail(const std::string& why) {
  const ReserveUse reserve(true);
  const std::string text = absl::StrCat("failed: ", EscapeForLog(why));
  WriteLog(LogEvent::kConnectionFailed,
           {.about = subject(), .text = text, .fields = {{"reason", why}}});
  End(net::error::no_memory);
}

void Transport::ReadAndWrite(std::uint32_t events) {
  if ((events & EPOLLOUT) != 0) {
    Watch(events_ & ~EPOLLOUT);
    writer_.OnWritable();
  }
  // Errors are read from the socket, too, even of one that is not read from otherwise.
  if ((events & ((events_ & EPOLLIN) | EPOLLERR | EPOLLHUP)) != 0) Receive();
}

void Transport::Watch(std::uint32_t events) {
  if (events == events_) return;
  events_ = events;
  shard_.poller().Change(socket_.get(), *this, events);
}

void Transport::StopReading() {
  Watch(events_ & ~EPOLLIN);
}

void Transport::ResumeReading() {
  Watch(events_ | EPOLLIN);
}

void Transport::ExpectNothingYet() {
  heard_ = shard_.now();
  was_silent_ = false;
}

// One system call for each turn, however many messages it brings; more of them come next turn.
void Transport::Receive() {
  std::span<char> buffer = shard_.read_buffer();
  // Whoever may send so much in a second has to wait for one at most, then.
  const std::size_t most = limits().bytes_per_second;
  if (most != 0 && most < buffer.size()) buffer = buffer.first(most);
  const ssize_t bytes = ::recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (bytes < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (bytes < 0) return End(error_code(errno, boost::system::system_category()));
  if (bytes == 0) return OnPeerDone();
  ExpectNothingYet();
  route_stats_.bytes_received.Add(static_cast<std::uint64_t>(bytes));
  const std::string_view received(buffer.data(), static_cast<std::size_t>(bytes));
  if (writer_.tls() != nullptr) return Decrypt(received);
  received_.bytes += received.size();
  OnBytes(received);
}

void Transport::Decrypt(std::string_view ciphertext) {
  // What its bytes lead to may end it.
  const std::shared_ptr<Transport> self = shared_from_this();
  TlsSession& tls = *writer_.tls();
  error_code ec;
  const std::string_view plaintext = tls.Decrypt(ciphertext, shard_.plaintext_buffer(), ec);
  if (!tls.output().empty()) writer_.Queue();
  received_.bytes += plaintext.size();
  if (!plaintext.empty()) OnBytes(plaintext);
  if (ended_) return;
  if (ec) return FailTls(ec);
  // It asks for new keys again and again, and does not take the answers.
  if (tls.output().size() > kMaxTlsOutput) return FailTls(net::error::no_buffer_space);
  if (tls.has_peer_ended()) OnPeerDone();
}

void Transport::FailTls(error_code ec) {
  shard_.stats().tls_failures.Add();
  // Why, for the peer, if the socket takes it.
  const std::string_view output = writer_.tls()->output();
  ::send(socket_.get(), output.data(), output.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  End(ec);
}

void Transport::OnOutboxFull() {
  if (closing_) return;
  shard_.stats().outbox_overflows.Add();
  Close(CloseCode::kPolicyViolation,
        "too much is waiting to be sent: this client reads too slowly");
}

void Transport::WaitWritable() {
  Watch(events_ | EPOLLOUT);
}

void Transport::OnSendFailed() {
  // Also wakes the read side, which ends the session.
  ::shutdown(socket_.get(), SHUT_RDWR);
}

void Transport::OnFellBehind(std::optional<std::uint64_t> offset) {
  if (closing_) return;
  shard_.stats().slow_readers.Add();
  std::string reason = "fell behind: this client reads too slowly";
  if (offset) absl::StrAppend(&reason, "; resume at offset ", *offset);
  Close(CloseCode::kTryAgainLater, reason);
}

void Transport::OnMissed(const std::string& channel, std::uint64_t messages) {
  if (closing_ || handler_ == nullptr) return;
  const std::string text =
      absl::StrCat("reads too slowly: missed ", messages, " messages of ", EscapeForLog(channel));
  WriteLog(
      LogEvent::kSkipped,
      {.about = subject(), .text = text, .fields = {{"channel", channel}, {"messages", messages}}});
  CallHandler([&](Handler& handler) { handler.OnMissed(channel, messages); });
}

void Transport::BeginClosing() {
  if (closing_) return;
  closing_ = true;
  writer_.EndSubscriptions();
  // Not at once, because this may be called by the handler.
  Later([this] { handler_.reset(); });
}

void Transport::SetClosingDeadline() {
  if (closing_deadline_ != Shard::Time()) return;
  closing_deadline_ = shard_.now() + limits().handshake_time;
}

void Transport::End(error_code ec) {
  if (std::exchange(ended_, true)) return;
  closing_ = true;
  // Destroyed when this returns, at the earliest.
  const std::shared_ptr<Transport> self = std::move(self_);
  handler_.reset();
  if (handle_ != nullptr) handle_->SessionEnded();
  OnEnd(ec);
  writer_.Close();
  shard_.poller().Remove(socket_.get(), *this);
  socket_ = UniqueFd();
  // First: the last to be removed ends the stop, which then counts who is left.
  permit_ = {};
  shard_.Remove(*this);
}

}  // namespace fanfare
