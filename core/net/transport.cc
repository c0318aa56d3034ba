#include "core/net/transport.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/error.hpp>
#include <boost/beast/core/error.hpp>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/compat.h"
#include "core/event_log.h"
#include "core/exception_text.h"
#include "core/log_text.h"
#include "core/memory_reserve.h"

namespace fanfare {
namespace {

// More than the writer ever leaves there by itself.
constexpr std::size_t kMaxTlsOutput = 2 * SocketWriter::kMaxEncryptedBytes;

std::uint64_t NextId() {
  static std::atomic<std::uint64_t> next{1};
  return next.fetch_add(1, std::memory_order_relaxed);
}

std::unique_ptr<SessionToken> TokenOf(Admission admission) {
  if (admission.identity == nullptr) return nullptr;
  return std::make_unique<SessionToken>(std::move(admission), SessionToken::Time::clock::now());
}

}  // namespace

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
  if (writer_.tls() != nullptr) {
    Decrypt(received);
  } else {
    received_.bytes += received.size();
    OnBytes(received);
  }
  if (!ended_) OnReceived(received.size());
}

void Transport::Decrypt(std::string_view ciphertext) {
  // What its bytes lead to may end it.
  const std::shared_ptr<Transport> self = shared_from_this();
  TlsSession& tls = *writer_.tls();
  const std::uint64_t handshakes_before = tls.late_handshakes();
  const bool was_closing = closing_;
  error_code ec;
  const std::string_view plaintext = tls.Decrypt(ciphertext, shard_.plaintext_buffer(), ec);
  if (!tls.output().empty()) writer_.Queue();
  received_.bytes += plaintext.size();
  if (!plaintext.empty()) OnBytes(plaintext);
  if (ended_) return;
  if (ec) return FailTls(ec);
  if (!CountFrames(0, tls.late_handshakes() - handshakes_before) && was_closing) {
    return FailTls(TooManyKeyUpdates());
  }
  // It asks for new keys again and again, and does not take the answers.
  if (tls.output().size() > kMaxTlsOutput) return FailTls(net::error::no_buffer_space);
  if (tls.has_peer_ended()) OnPeerDone();
}

bool Transport::CountFrames(std::size_t message_frames, std::uint64_t control_frames) {
  const auto verdict = frames_.Count(message_frames, control_frames, limits(), shard_.now());
  if (verdict == FrameWatch::Verdict::kGoOn) return true;
  if (closing_) return false;
  const bool is_control = verdict == FrameWatch::Verdict::kTooManyControlFrames;
  const auto counter = is_control ? &Stats::control_floods : &Stats::messages_too_fragmented;
  (shard_.stats().*counter).Add();
  Close(CloseCode::kPolicyViolation,
        is_control ? "too many pings, pongs or new TLS keys; see limits.control_frames_per_second"
                   : "a message is in too many frames: see limits.message_frames");
  return false;
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
  // What others are told of it takes memory, and must not fail: handlers are destroyed by it.
  const ReserveUse reserve(true);
  // Destroyed when this returns, at the earliest.
  const std::shared_ptr<Transport> self = std::move(self_);
  handler_.reset();
  EndHandle();
  OnEnd(ec);
  writer_.Close();
  shard_.poller().Remove(socket_.get(), *this);
  socket_ = UniqueFd();
  // First: the last to be removed ends the stop, which then counts who is left.
  permit_ = {};
  shard_.Remove(*this);
}

}  // namespace fanfare
