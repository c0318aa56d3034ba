#include "core/net/connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/websocket/error.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/compat.h"
#include "core/event_log.h"
#include "core/net/ending.h"
#include "core/net/message_reader.h"
#include "core/net/throttle.h"

namespace fanfare {
namespace {

namespace websocket = beast::websocket;

// A ping without a payload (RFC 6455 section 5.5.2).
constexpr std::string_view kPing("\x89\x00", 2);

class Connection final : public Transport, private MessageReader::Sink {
 public:
  Connection(Handover& from, Shard& shard)
      : Transport(std::move(from.transport), shard, Format::kWebSocket) {
    // The answer to the handshake leaves when the handler is open: the peer, once it has it, misses
    // nothing any more.
    writer().Hold();
    if (SessionRate::IsLimited(limits())) {
      throttle_ = std::make_unique<Throttle>(limits(), shard.context());
    }
  }

  void Start(Handover& from, Route& route) {
    Begin();
    reader_ = shard().readers().MakeNew(limits().message_bytes);
    reading_since_ = shard().now();
    const error_code ec = reader_->Accept(from.handshake, from.subprotocol, *this);
    if (ec) {
      shard().stats().requests_refused.Add();
      shard().stats().handshakes_malformed.Add();
      writer().OnWritable();
      OnReaderEnded();
      return;
    }
    opened_ = true;
    shard().stats().handshakes_accepted.Add();
    route_stats().sessions_opened.Add();
    WriteLog(LogEvent::kConnected, {.about = subject(), .text = "connected"});
    OpenHandler(from.request, [&route](Session& session) { return route.Open(session); });
    writer().OnWritable();
    // Also without any: the reader is needed no more.
    Read(from.read_before);
    OnReceived(from.read_before.size());
  }

  // Session.
  void Close(CloseCode code, std::string_view reason) override {
    if (closing()) return;
    closed_by_us_ = true;
    ending_ = {.code = static_cast<unsigned>(code), .reason = std::string(CutReason(reason))};
    BeginClosing();
    // Not Beast's async_close, which waits for a message that is half read while that read waits
    // for it.
    writer().WriteRegardless(CloseFrame(code, ending_.reason));
    SetClosingDeadline();
    // Until the peer's close frame comes. Not at once, because a handler may be calling.
    Later([this] { ReadOn(); });
  }

  // Shard::Member.
  void Drain(DrainCause cause, std::chrono::milliseconds retry) override {
    if (std::exchange(drain_reason_, DrainReason(cause, retry)).empty()) CloseIfDraining();
  }
  void OnTick() override {
    // What it says meanwhile is not heard.
    if (waits()) ExpectNothingYet();
    CheckMessageTime();
    Transport::OnTick();
  }

 private:
  // Transport.
  void OnBytes(std::string_view bytes) override {
    // After the closing handshake, what the peer still sends is read and dropped until it closes
    // its side. (Closing at once would make the kernel reset the connection, and the peer might
    // never see the close frame.)
    if (tearing_down_) return;
    // Not watched for: the socket has failed, and its error comes behind these bytes.
    if (reader_ != nullptr && reader_->is_paused()) return;
    if (reader_ == nullptr) {
      reader_ = shard().readers().Take(limits().message_bytes);
      reading_since_ = shard().now();
    }
    Read(bytes);
  }

  void OnPeerDone() override {
    if (!tearing_down_ || writer().drained()) return End(net::error::eof);
    // It may still read. See OnProgress, and the deadline.
    peer_done_ = true;
    StopReading();
  }

  void OnSilence() override {
    if (!writer().Write(kPing)) OnOutboxFull();
  }

  // Of a message that trickles in, there may be much here for long.
  void CheckMessageTime() {
    if (reader_ == nullptr || closing()) return;
    const Shard::Time now = shard().now();
    if (reader_->is_paused() || waits()) reading_since_ = now;
    if (now - reading_since_ < limits().message_time) return;
    shard().stats().messages_too_slow.Add();
    Close(CloseCode::kPolicyViolation, "a message takes too long: see limits.message_seconds");
  }

  // If it has been sent all that there was for it.
  void CloseIfDraining() {
    if (drain_reason_.empty() || !opened_ || closing() || !writer().drained()) return;
    Close(CloseCode::kServiceRestart, drain_reason_);
  }

  void Read(std::string_view bytes) {
    const std::uint64_t before = reader_->control_frames();
    reader_->Feed(bytes, *this);
    const std::uint64_t control_frames = reader_->control_frames() - before;
    CountFrames(reader_->message_frames(), control_frames);
    AfterReading();
  }

  void AfterReading() {
    if (reader_->has_ended()) {
      OnReaderEnded();
    } else if (reader_->is_paused()) {
      StopReading();
    } else if (reader_->is_between_messages()) {
      shard().readers().GiveBack(std::move(reader_));
    }
  }

  // A peer that does not read what it is sent is not read from either: it is up to the peer's own
  // TCP window, then, how much it can have answered.
  bool WantsMessages() {
    if (closing()) return true;
    return !waits() && writer().outbox_size() <= limits().outbox_bytes / 2;
  }

  // Goes on after a pause, if that is over.
  void ReadOn() {
    if (ended() || tearing_down_) return;
    const bool is_paused = reader_ != nullptr && reader_->is_paused();
    if (is_paused ? !WantsMessages() : waits() && !closing()) return;
    ResumeReading();
    if (!is_paused) return;
    reader_->Resume(*this);
    AfterReading();
  }

  bool waits() const { return throttle_ != nullptr && throttle_->waits; }

  void CountMessage() {
    if (throttle_ == nullptr || closing()) return;
    HoldBack(throttle_->rate.CountMessage(SessionRate::Time::clock::now()));
  }

  // As they come, and not when their message is complete: that may take long.
  void OnReceived(std::size_t bytes) override {
    if (throttle_ == nullptr || closing()) return;
    HoldBack(throttle_->rate.CountBytes(bytes, SessionRate::Time::clock::now()));
    if (waits() && !closing()) StopReading();
  }

  void HoldBack(SessionRate::Verdict verdict) {
    if (verdict == SessionRate::Verdict::kGoOn) return;
    if (verdict == SessionRate::Verdict::kTooMuch) {
      shard().stats().rates_exceeded.Add();
      return Close(CloseCode::kPolicyViolation, absl::StrCat("this client sends too much: see ",
                                                             ToAbsl(throttle_->rate.setting())));
    }
    if (verdict == SessionRate::Verdict::kWarn) WarnOfRate();
    if (!std::exchange(throttle_->waits, true)) shard().stats().rate_waits.Add();
    throttle_->timer.expires_at(throttle_->rate.ready_at());
    throttle_->timer.async_wait([this, weak = weak_from_this()](error_code ec) {
      const auto self = weak.lock();
      if (ec || self == nullptr) return;
      throttle_->waits = false;
      throttle_->rate.Resume(SessionRate::Time::clock::now());
      ReadOn();
    });
  }

  void WarnOfRate() {
    const SessionRate& rate = throttle_->rate;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(rate.left());
    CallHandler([&](Handler& handler) { handler.OnSendsTooFast(rate.setting(), left); });
  }

  // The closing handshake is over: shut the socket down when all has been sent.
  void OnReaderEnded() {
    reader_end_ = reader_->end();
    if (!closed_by_us_) ending_ = EndingOf(reader_end_, reader_->reason());
    const CloseCode peers =
        reader_->reason() ? CloseCode{reader_->reason().code} : CloseCode::kNoStatus;
    reader_.reset();
    tearing_down_ = true;
    BeginClosing();
    if (reader_end_ == websocket::error::closed && !closed_by_us_) TellPeerClosed(peers);
    SetClosingDeadline();
    ShutDownIfDrained();
  }

  void ShutDownIfDrained() {
    if (!writer().Finish()) return;
    ::shutdown(socket(), SHUT_WR);
    // Not at once: the writer is at work.
    if (peer_done_) Later([this] { End(net::error::eof); });
  }

  // MessageReader::Sink.
  bool OnMessage(Message message) override {
    route_stats().messages_received.Add();
    CountReceived();
    reading_since_ = shard().now();
    shard().poller().CountHandled(message.payload.size());
    if (shard().fanout().log_messages()) LogMessage(LogEvent::kReceived, subject(), message);
    if (shard().reading()) {
      CallHandler([message](Handler& handler) { handler.OnMessage(message); });
    }
    CountMessage();
    return WantsMessages();
  }

  bool OnWrite(std::string_view bytes) override {
    // Nothing follows our close frame; this is Beast's answer to the peer's, or a pong.
    if (closed_by_us_) return true;
    if (!opened_ || closing()) {
      // The answer to the handshake, or the close frame.
      writer().WriteRegardless(bytes);
    } else if (!writer().Write(bytes)) {
      // A pong, for a peer that sends pings and reads nothing. Not at once: Beast is at work.
      Later([this] { OnOutboxFull(); });
    }
    return true;
  }

  void OnCloseFrame() override { BeginClosing(); }

  // SocketWriter::Owner.
  void OnProgress() override {
    CloseIfDraining();
    if (tearing_down_) return ShutDownIfDrained();
    if (opened_ && reader_ != nullptr && reader_->is_paused() && WantsMessages()) {
      // Not at once: what is read may be answered, and the writer is at work.
      Later([this] { ReadOn(); });
    }
  }

  // `ec` is what ended the connection, unless the closing handshake already had.
  void OnEnd(error_code ec) override {
    if (!opened_) return;
    if (tearing_down_) ec = reader_end_;
    route_stats().sessions_closed.Add();
    if (ec == websocket::error::message_too_big) shard().stats().messages_too_big.Add();
    if (ec == beast::error::timeout && !closed_by_us_) shard().stats().idle_timeouts.Add();
    const bool is_known = closed_by_us_ || tearing_down_;
    LogEnding(subject(), is_known ? ending_ : EndingOf(ec, {}));
  }

  // The opening handshake has succeeded.
  bool opened_ = false;
  bool closed_by_us_ = false;
  // What its peer is told when it is drained; empty if it is not.
  std::string drain_reason_;
  // The closing handshake is over.
  bool tearing_down_ = false;
  // The peer has closed its side after that.
  bool peer_done_ = false;
  // Why the session ends, once that is known.
  Ending ending_;
  error_code reader_end_;
  // Null while nothing is half read.
  std::unique_ptr<MessageReader> reader_;
  // When that began, at the earliest.
  Shard::Time reading_since_{};
  // Null where nothing limits how much a session may send.
  std::unique_ptr<Throttle> throttle_;
};

}  // namespace

void StartConnection(Handover handover, Route& route, Shard& shard) {
  auto connection = std::make_shared<Connection>(handover, shard);
  try {
    connection->Start(handover, route);
  } catch (...) {
    // Nobody else would end it.
    connection->Cut();
    throw;
  }
}

}  // namespace fanfare
