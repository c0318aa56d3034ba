#include "core/net/connection.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <atomic>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/websocket/error.hpp>
#include <cerrno>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/check.h"
#include "core/compat.h"
#include "core/exception_text.h"
#include "core/fanout/socket_writer.h"
#include "core/fanout/subscriber.h"
#include "core/log_text.h"
#include "core/net/ending.h"
#include "core/net/message_reader.h"
#include "core/net/poller.h"
#include "core/session.h"
#include "core/unique_fd.h"
#include "spdlog/spdlog.h"

namespace fanfare {
namespace {

namespace websocket = beast::websocket;

// A ping without a payload (RFC 6455 section 5.5.2).
constexpr std::string_view kPing("\x89\x00", 2);

std::uint64_t NextId() {
  static std::atomic<std::uint64_t> next{1};
  return next.fetch_add(1, std::memory_order_relaxed);
}

// A session, until it ends.
class ConnectionHandle final : public SessionHandle,
                               public std::enable_shared_from_this<ConnectionHandle> {
 public:
  ConnectionHandle(Shard& shard, Session& session) : shard_(shard), session_(&session) {}

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

class Connection final : public Session,
                         public Shard::Member,
                         private Poller::Member,
                         private SocketWriter::Owner,
                         private MessageReader::Sink,
                         public std::enable_shared_from_this<Connection> {
 public:
  Connection(Handover& from, Route& route, Shard& shard)
      : shard_(shard),
        route_(route),
        permit_(std::move(from.permit)),
        id_(NextId()),
        peer_(from.peer),
        name_(ToString(peer_)),
        socket_(from.socket.release()),
        heard_(shard.now()),
        writer_(shard.fanout(), *this, socket_.get(), shard.limits().outbox_bytes) {
    // The answer to the handshake leaves when the handler is open: the peer, once it has it, misses
    // nothing any more.
    writer_.Hold();
    shard_.Add(*this);
  }

  ~Connection() override {
    writer_.Close();
    shard_.Remove(*this);
  }

  void Start(Handover& from) {
    shard_.poller().Add(socket_.get(), *this, events_);
    self_ = shared_from_this();
    request_ = &from.request;
    reader_ = shard_.readers().MakeNew();
    const error_code ec = reader_->Accept(from.handshake, from.request.subprotocol, *this);
    if (ec) {
      shard_.stats().requests_refused.Add();
      writer_.OnWritable();
      OnReaderEnded();
      return;
    }
    opened_ = true;
    shard_.stats().sessions_opened.Add();
    spdlog::info("{} connected", name_);
    OpenHandler();
    request_ = nullptr;
    writer_.OnWritable();
    // Also without any: the reader is needed no more.
    reader_->Feed(from.read_before, *this);
    AfterReading();
  }

  // Session.
  std::uint64_t id() const override { return id_; }
  const Endpoint& peer() const override { return peer_; }
  const Request& request() const override {
    FANFARE_CHECK(request_ != nullptr, "a session's request lasts as long as the call of Open");
    return *request_;
  }

  void Send(Message message) override {
    if (closing_) return;
    if (!writer_.Write(message)) OnOutboxFull();
  }

  void Close(CloseCode code, std::string_view reason) override {
    if (closing_) return;
    closed_by_us_ = true;
    ending_ = {.code = static_cast<unsigned>(code), .reason = std::string(CutReason(reason))};
    BeginClosing();
    // Not Beast's async_close, which waits for a message that is half read while that read waits
    // for it.
    writer_.WriteRegardless(CloseFrame(code, ending_.reason));
    SetClosingDeadline();
    // Until the peer's close frame comes. Not at once, because a handler may be calling.
    net::post(shard_.context(), [self = shared_from_this()] { self->ReadOn(); });
  }

  Subscription Subscribe(Channel& channel) override {
    if (closing_) return Subscription();
    return Subscription(writer_.Subscribe(channel));
  }

  Subscription SubscribeFrom(Channel& channel, std::uint64_t offset) override {
    if (closing_) return Subscription();
    return Subscription(writer_.Subscribe(channel, offset));
  }

  std::shared_ptr<SessionHandle> handle() override {
    if (handle_ == nullptr) handle_ = std::make_shared<ConnectionHandle>(shard_, *this);
    return handle_;
  }

  // Shard::Member.
  void Drain() override {
    draining_ = true;
    if (opened_ && writer_.drained()) Close(CloseCode::kGoingAway, "the server stops");
  }

  void Cut() override { End(net::error::operation_aborted); }

  void OnTick() override {
    const Shard::Time now = shard_.now();
    if (closing_deadline_ != Shard::Time() && now >= closing_deadline_) {
      return End(beast::error::timeout);
    }
    if (closing_) return;
    const auto silence = now - heard_;
    if (silence >= shard_.limits().idle_time) return End(beast::error::timeout);
    if (silence >= shard_.limits().idle_time / 2 && !pinged_) {
      pinged_ = true;
      if (!writer_.Write(kPing)) OnOutboxFull();
    }
  }

 private:
  void OpenHandler() {
    try {
      absl::StatusOr<std::unique_ptr<Handler>> handler = route_.Open(*this);
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
  }

  // Poller::Member.
  void OnReady(std::uint32_t events) override {
    if ((events & EPOLLOUT) != 0) {
      Watch(events_ & ~EPOLLOUT);
      writer_.OnWritable();
    }
    // Errors are read from the socket, too, even of one that is not read from otherwise.
    if ((events & ((events_ & EPOLLIN) | EPOLLERR | EPOLLHUP)) != 0) Receive();
  }

  void Watch(std::uint32_t events) {
    if (events == events_) return;
    events_ = events;
    shard_.poller().Change(socket_.get(), *this, events);
  }

  // One system call for each turn, however many messages it brings; more of them come next turn.
  void Receive() {
    const std::span<char> buffer = shard_.read_buffer();
    const ssize_t bytes = ::recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (bytes < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (bytes < 0) return End(error_code(errno, boost::system::system_category()));
    if (bytes == 0) return OnPeerDone();
    heard_ = shard_.now();
    pinged_ = false;
    Feed({buffer.data(), static_cast<std::size_t>(bytes)});
  }

  void Feed(std::string_view bytes) {
    // After the closing handshake, what the peer still sends is read and dropped until it closes
    // its side. (Closing at once would make the kernel reset the connection, and the peer might
    // never see the close frame.)
    if (tearing_down_) return;
    // Not watched for: the socket has failed, and its error comes behind these bytes.
    if (reader_ != nullptr && reader_->is_paused()) return;
    if (reader_ == nullptr) reader_ = shard_.readers().Take();
    reader_->Feed(bytes, *this);
    AfterReading();
  }

  void AfterReading() {
    if (reader_->has_ended()) {
      OnReaderEnded();
    } else if (reader_->is_paused()) {
      Watch(events_ & ~EPOLLIN);
    } else if (reader_->is_between_messages()) {
      shard_.readers().GiveBack(std::move(reader_));
    }
  }

  // A peer that does not read what it is sent is not read from either: it is up to the peer's own
  // TCP window, then, how much it can have answered.
  bool WantsMessages() const {
    return closing_ || writer_.outbox_size() <= shard_.limits().outbox_bytes / 2;
  }

  // Goes on after a pause, if that is over.
  void ReadOn() {
    if (ended_ || reader_ == nullptr || !reader_->is_paused() || !WantsMessages()) return;
    Watch(events_ | EPOLLIN);
    reader_->Resume(*this);
    AfterReading();
  }

  // The closing handshake is over: shut the socket down when all has been sent.
  void OnReaderEnded() {
    reader_end_ = reader_->end();
    if (!closed_by_us_) ending_ = EndingOf(reader_end_, reader_->reason());
    reader_.reset();
    tearing_down_ = true;
    BeginClosing();
    SetClosingDeadline();
    ShutDownIfDrained();
  }

  void OnPeerDone() {
    if (!tearing_down_ || writer_.drained()) return End(net::error::eof);
    // It may still read. See OnProgress, and the deadline.
    peer_done_ = true;
    Watch(events_ & ~EPOLLIN);
  }

  // MessageReader::Sink.
  bool OnMessage(Message message) override {
    shard_.stats().messages_received.Add();
    shard_.poller().CountHandled(message.payload.size());
    if (shard_.fanout().log_messages()) spdlog::info("{} >> {}", name_, QuoteForLog(message));
    if (handler_ != nullptr && !closing_ && shard_.reading()) Handle(message);
    return WantsMessages();
  }

  bool OnWrite(std::string_view bytes) override {
    // Nothing follows our close frame; this is Beast's answer to the peer's, or a pong.
    if (closed_by_us_) return true;
    if (!opened_ || closing_) {
      // The answer to the handshake, or the close frame.
      writer_.WriteRegardless(bytes);
    } else if (!writer_.Write(bytes)) {
      // A pong, for a peer that sends pings and reads nothing. Not at once: Beast is at work.
      net::post(shard_.context(), [self = shared_from_this()] { self->OnOutboxFull(); });
    }
    return true;
  }

  void OnCloseFrame() override { BeginClosing(); }

  void Handle(Message message) {
    try {
      handler_->OnMessage(message);
    } catch (...) {
      HandlerFailed(CurrentExceptionText());
    }
  }

  void HandlerFailed(const std::string& why) {
    spdlog::error("{} the route failed: {}", name_, why);
    Close(CloseCode::kInternalError, "the route failed");
  }

  void OnOutboxFull() {
    if (closing_) return;
    shard_.stats().outbox_overflows.Add();
    Close(CloseCode::kPolicyViolation,
          "too much is waiting to be sent: this client reads too slowly");
  }

  // SocketWriter::Owner.
  void WaitWritable() override { Watch(events_ | EPOLLOUT); }

  // Also wakes the read side, which ends the session.
  void OnSendFailed() override { ::shutdown(socket_.get(), SHUT_RDWR); }

  void OnFellBehind(std::optional<std::uint64_t> offset) override {
    if (closing_) return;
    shard_.stats().slow_readers.Add();
    std::string reason = "fell behind: this client reads too slowly";
    if (offset) absl::StrAppend(&reason, "; resume at offset ", *offset);
    Close(CloseCode::kTryAgainLater, reason);
  }

  void OnMissed(const std::string& channel, std::uint64_t messages) override {
    if (closing_ || handler_ == nullptr) return;
    spdlog::info("{} reads too slowly: missed {} messages of {}", name_, messages,
                 EscapeForLog(channel));
    try {
      handler_->OnMissed(channel, messages);
    } catch (...) {
      HandlerFailed(CurrentExceptionText());
    }
  }

  void OnProgress() override {
    if (draining_ && writer_.drained()) Close(CloseCode::kGoingAway, "the server stops");
    if (tearing_down_) return ShutDownIfDrained();
    if (opened_ && reader_ != nullptr && reader_->is_paused() && WantsMessages()) {
      // Not at once: what is read may be answered, and the writer is at work.
      net::post(shard_.context(), [self = shared_from_this()] { self->ReadOn(); });
    }
  }

  std::string_view name() const override { return name_; }

  // The session is over for its route, whoever closed it: nothing but a close frame may follow.
  void BeginClosing() {
    if (closing_) return;
    closing_ = true;
    writer_.EndSubscriptions();
    // Not at once, because this may be called by the handler.
    net::post(shard_.context(), [self = shared_from_this()] { self->handler_.reset(); });
  }

  void SetClosingDeadline() {
    if (closing_deadline_ != Shard::Time()) return;
    closing_deadline_ = shard_.now() + shard_.limits().handshake_time;
  }

  void ShutDownIfDrained() {
    if (!writer_.drained()) return;
    ::shutdown(socket_.get(), SHUT_WR);
    if (!peer_done_) return;
    // Not at once: the writer is at work.
    net::post(shard_.context(), [self = shared_from_this()] { self->End(net::error::eof); });
  }

  // `ec` is what ended the connection, unless the closing handshake already had. May destroy the
  // connection.
  void End(error_code ec) {
    if (std::exchange(ended_, true)) return;
    if (tearing_down_) ec = reader_end_;
    closing_ = true;
    // Destroyed when this returns, at the earliest.
    const std::shared_ptr<Connection> self = std::move(self_);
    handler_.reset();
    if (handle_ != nullptr) handle_->SessionEnded();
    if (opened_) {
      Count(ec);
      LogEnd(ec);
    }
    writer_.Close();
    shard_.poller().Remove(socket_.get(), *this);
    socket_ = UniqueFd();
    // First: the last to be removed ends the stop, which then counts who is left.
    permit_ = {};
    shard_.Remove(*this);
  }

  void Count(error_code ec) {
    shard_.stats().sessions_closed.Add();
    if (ec == websocket::error::message_too_big) shard_.stats().messages_too_big.Add();
    if (ec == beast::error::timeout && !closed_by_us_) shard_.stats().idle_timeouts.Add();
  }

  void LogEnd(error_code ec) {
    const bool is_known = closed_by_us_ || tearing_down_;
    const std::string why = ToText(is_known ? ending_ : EndingOf(ec, {}));
    if (why.empty()) {
      spdlog::info("{} disconnected", name_);
    } else {
      spdlog::info("{} disconnected ({})", name_, why);
    }
  }

  Shard& shard_;
  Route& route_;
  OpenConnections::Permit permit_;
  const std::uint64_t id_;
  const Endpoint peer_;
  const std::string name_;
  // Until the end.
  std::shared_ptr<Connection> self_;
  // While the handler is opened.
  const Request* request_ = nullptr;
  // Null until somebody asks for it.
  std::shared_ptr<ConnectionHandle> handle_;

  UniqueFd socket_;
  // What the poller watches for.
  std::uint32_t events_ = EPOLLIN;
  // The opening handshake has succeeded.
  bool opened_ = false;
  // A close frame has been or is about to be written.
  bool closing_ = false;
  bool closed_by_us_ = false;
  bool draining_ = false;
  // The closing handshake is over.
  bool tearing_down_ = false;
  // The peer has closed its side after that.
  bool peer_done_ = false;
  bool ended_ = false;
  // The peer has been silent, and was asked whether it lives.
  bool pinged_ = false;
  // When the peer was last heard of.
  Shard::Time heard_;
  // The clock's zero while there is none.
  Shard::Time closing_deadline_{};
  // Why the session ends, once that is known.
  Ending ending_;
  error_code reader_end_;

  SocketWriter writer_;
  // Null while nothing is half read.
  std::unique_ptr<MessageReader> reader_;
  // Ends first: its subscriptions use the writer.
  std::unique_ptr<Handler> handler_;
};

}  // namespace

void StartConnection(Handover handover, Route& route, Shard& shard) {
  auto connection = std::make_shared<Connection>(handover, route, shard);
  connection->Start(handover);
}

}  // namespace fanfare
