#include "core/net/connection.h"

#include <sys/socket.h>

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "core/check.h"
#include "core/compat.h"
#include "core/exception_text.h"
#include "core/fanout/socket_writer.h"
#include "core/fanout/subscriber.h"
#include "core/log_text.h"
#include "core/net/ending.h"
#include "core/net/gate.h"
#include "core/session.h"
#include "spdlog/spdlog.h"

namespace fanfare {
namespace {

namespace websocket = beast::websocket;

// A read buffer that grew for a large message is given back after it.
constexpr std::size_t kMaxIdleReadBuffer = 16 * 1024;

std::uint64_t NextId() {
  static std::atomic<std::uint64_t> next{1};
  return next.fetch_add(1, std::memory_order_relaxed);
}

using Timer = net::basic_waitable_timer<std::chrono::steady_clock,
                                        net::wait_traits<std::chrono::steady_clock>, Executor>;

class Connection final : public Session,
                         public Shard::Member,
                         private SocketWriter::Owner,
                         private GateSink,
                         public std::enable_shared_from_this<Connection> {
 public:
  Connection(Handover& from, Route& route, Shard& shard)
      : shard_(shard),
        route_(route),
        permit_(std::move(from.permit)),
        id_(NextId()),
        peer_(from.peer),
        name_(ToString(peer_)),
        request_(std::make_unique<Request>(std::move(from.request))),
        writer_(shard.fanout(), *this, from.socket.native_handle(), shard.limits().outbox_bytes),
        ws_(std::move(from.socket), std::move(from.read_before), static_cast<GateSink&>(*this)) {
    // The answer to the handshake leaves when the handler is open: the peer, once it has it, misses
    // nothing any more.
    writer_.Hold();
    shard_.Add(*this);
  }

  ~Connection() override {
    writer_.Close();
    shard_.Remove(*this);
  }

  void Start(const beast::http::request<beast::http::string_body>& handshake) {
    const Limits& limits = shard_.limits();
    ws_.set_option(websocket::stream_base::timeout{.handshake_timeout = limits.handshake_time,
                                                   .idle_timeout = limits.idle_time,
                                                   .keep_alive_pings = true});
    ws_.set_option(websocket::stream_base::decorator([](websocket::response_type& response) {
      response.set(beast::http::field::server, "fanfare");
    }));
    ws_.read_message_max(limits.message_bytes);
    ws_.auto_fragment(false);
    ws_.async_accept(handshake,
                     beast::bind_front_handler(&Connection::OnAccept, shared_from_this()));
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
    // for it: nothing would end them but their timeouts, and those resume neither.
    writer_.WriteRegardless(CloseFrame(code, ending_.reason));
    StartClosingTimer();
    // Until the peer's close frame comes. Not at once, because a handler may be calling.
    net::post(shard_.context(), [self = shared_from_this()] { self->ReadUnlessFull(); });
  }

  Subscription Subscribe(Channel& channel) override {
    if (closing_) return Subscription();
    return Subscription(writer_.Subscribe(channel));
  }

  // Shard::Member.
  void Drain() override {
    draining_ = true;
    if (!opened_) {
      ws_.next_layer().Close();
    } else if (writer_.drained()) {
      Close(CloseCode::kGoingAway, "the server stops");
    }
  }

  void Cut() override {
    const std::shared_ptr<Connection> alive = shared_from_this();
    End(net::error::operation_aborted);
  }

 private:
  void OnAccept(error_code ec) {
    if (draining_) return EndSoon(net::error::operation_aborted);
    if (ec) {
      shard_.stats().requests_refused.Add();
      // After the turn that sends Beast's answer.
      writer_.OnWritable();
      return EndSoon(ec);
    }
    opened_ = true;
    self_ = shared_from_this();
    shard_.stats().sessions_opened.Add();
    spdlog::info("{} connected", name_);
    OpenHandler();
    request_.reset();
    writer_.OnWritable();
    ReadUnlessFull();
  }

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

  void Read() {
    reading_ = true;
    ws_.async_read(buffer_, beast::bind_front_handler(&Connection::OnRead, shared_from_this()));
  }

  void OnRead(error_code ec, std::size_t) {
    reading_ = false;
    if (ec) return End(ec);
    shard_.stats().messages_received.Add();
    const auto bytes = buffer_.cdata();
    const Message message{.type = ws_.got_text() ? MessageType::kText : MessageType::kBinary,
                          .payload = {static_cast<const char*>(bytes.data()), bytes.size()}};
    if (shard_.fanout().log_messages()) spdlog::info("{} >> {}", name_, QuoteForLog(message));
    if (handler_ != nullptr && !closing_ && shard_.reading()) Handle(message);
    buffer_.consume(buffer_.size());
    if (buffer_.capacity() > kMaxIdleReadBuffer) buffer_.shrink_to_fit();
    ReadUnlessFull();
  }

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

  // A peer that does not read what it is sent is not read from either: it is up to the peer's own
  // TCP window, then, how much it can have answered.
  void ReadUnlessFull() {
    if (reading_ || ended_) return;
    if (closing_ || writer_.outbox_size() <= shard_.limits().outbox_bytes / 2) Read();
  }

  void OnOutboxFull() {
    if (closing_) return;
    shard_.stats().outbox_overflows.Add();
    Close(CloseCode::kPolicyViolation,
          "too much is waiting to be sent: this client reads too slowly");
  }

  // SocketWriter::Owner.
  void WaitWritable() override {
    ws_.next_layer().stream().async_wait(
        Socket::wait_write,
        beast::bind_front_handler(&Connection::OnWaitWritable, shared_from_this()));
  }

  void OnWaitWritable(error_code ec) {
    if (!ec && !ended_) writer_.OnWritable();
  }

  // Also wakes the read side, which ends the session.
  void OnSendFailed() override {
    ::shutdown(writer_.socket(), SHUT_RDWR);
    if (is_paused()) EndSoon(net::error::connection_reset);
  }

  void OnFellBehind() override {
    if (closing_) return;
    shard_.stats().slow_readers.Add();
    Close(CloseCode::kTryAgainLater,
          "fell behind: this client reads more slowly than the channel sends");
  }

  void OnProgress() override {
    if (draining_ && writer_.drained()) Close(CloseCode::kGoingAway, "the server stops");
    if (teardown_) return ShutDownIfDrained();
    if (opened_) ReadUnlessFull();
  }

  std::string_view name() const override { return name_; }

  // GateSink.
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

  void OnTeardown() override {
    teardown_ = true;
    StartClosingTimer();
    ShutDownIfDrained();
  }

  void StartClosingTimer() {
    // Beast itself would wait for as long as for an idle peer, unless it was us who began to close.
    closing_timer_ = std::make_unique<Timer>(shard_.context(), shard_.limits().handshake_time);
    closing_timer_->async_wait([weak = weak_from_this()](error_code ec) {
      const std::shared_ptr<Connection> self = weak.lock();
      if (!ec && self != nullptr) self->ws_.next_layer().Close();
    });
  }

  void OnStreamClosed() override {
    writer_.Close();
    if (is_paused()) EndSoon(beast::error::timeout);
  }

  // Nothing is pending that would notice the connection's end.
  bool is_paused() const { return opened_ && !reading_ && !closing_ && !ended_; }

  // Not at once, because this is called by what End would pull down.
  void EndSoon(error_code ec) {
    net::post(shard_.context(), [self = shared_from_this(), ec] { self->End(ec); });
  }

  // The session is over for its route, whoever closed it: nothing but a close frame may follow.
  void BeginClosing() {
    if (closing_) return;
    closing_ = true;
    writer_.EndSubscriptions();
    // Not at once, because this may be called by the handler.
    net::post(shard_.context(), [self = shared_from_this()] { self->handler_.reset(); });
  }

  void ShutDownIfDrained() {
    if (writer_.drained()) ::shutdown(writer_.socket(), SHUT_WR);
  }

  void End(error_code ec) {
    if (std::exchange(ended_, true)) return;
    closing_ = true;
    // Destroyed when this returns, at the earliest.
    const std::shared_ptr<Connection> self = std::move(self_);
    closing_timer_.reset();
    handler_.reset();
    if (opened_) {
      Count(ec);
      LogEnd(ec);
    }
    ws_.next_layer().Close();
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
    const std::string why = ToText(closed_by_us_ ? ending_ : EndingOf(ec, ws_.reason()));
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
  // While the session is open, which it is also when nothing is read (see ReadUnlessFull).
  std::shared_ptr<Connection> self_;
  // Only until the handler is open.
  std::unique_ptr<Request> request_;

  // The opening handshake has succeeded.
  bool opened_ = false;
  // An async_read is pending.
  bool reading_ = false;
  // A close frame has been or is about to be written.
  bool closing_ = false;
  bool closed_by_us_ = false;
  bool draining_ = false;
  // The closing handshake is over: shut the socket down when all has been sent.
  bool teardown_ = false;
  bool ended_ = false;
  // Set when closed by us.
  Ending ending_;

  std::unique_ptr<Timer> closing_timer_;
  beast::flat_buffer buffer_;
  SocketWriter writer_;
  websocket::stream<Gate<Socket>> ws_;
  // Ends first: its subscriptions use the writer.
  std::unique_ptr<Handler> handler_;
};

}  // namespace

void StartConnection(Handover handover, Route& route, Shard& shard) {
  auto connection = std::make_shared<Connection>(handover, route, shard);
  connection->Start(handover.handshake);
}

}  // namespace fanfare
