#include "core/net/event_stream.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/error.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "core/event_log.h"
#include "core/net/ending.h"

namespace fanfare {
namespace {

constexpr std::string_view kComment = ":\n\n";

class EventStream final : public Transport {
 public:
  EventStream(StreamHandover& from, Shard& shard)
      : Transport(std::move(from.transport), shard, Format::kEventStream) {}

  void Start(const StreamHandover& from) {
    // The only way to learn that a peer which never sends anything is not there any more.
    const auto timeout =
        static_cast<unsigned>(std::chrono::milliseconds(limits().idle_time).count());
    ::setsockopt(socket(), IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof timeout);
    Begin();
    opened_ = true;
    route_stats().sessions_opened.Add();
    WriteLog(LogEvent::kConnected, {.about = subject(), .text = "connected (event stream)"});
    writer().WriteRegardless(from.head);
    OpenHandler(from.request, from.open);
  }

  // Session. The peer gets what was sent before, and then the end.
  void Close(CloseCode code, std::string_view reason) override {
    if (closing()) return;
    ending_ = {.code = static_cast<unsigned>(code), .reason = std::string(reason)};
    BeginClosing();
    SetClosingDeadline();
    Later([this] { EndIfDrained(); });
  }

  // Shard::Member.
  void Drain(DrainCause cause, std::chrono::milliseconds retry) override {
    if (closing()) return;
    // How a browser is told when to come back.
    writer().WriteRegardless("retry: " + std::to_string(retry.count()) + "\n\n");
    Close(CloseCode::kServiceRestart, DrainReason(cause, retry));
  }

 private:
  // There is nothing that a peer could have to say, but for a request that it hoped to be answered.
  void OnBytes(std::string_view bytes) override {
    dropped_ += bytes.size();
    if (dropped_ <= limits().header_bytes) return;
    shard().stats().rates_exceeded.Add();
    End(net::error::message_size);
  }
  void OnPeerDone() override { End(net::error::eof); }
  void OnSilence() override {
    ExpectNothingYet();
    if (!writer().Write(kComment)) OnOutboxFull();
  }

  void OnProgress() override {
    if (closing()) Later([this] { EndIfDrained(); });
  }

  void EndIfDrained() {
    if (!ended() && writer().Finish()) End(error_code());
  }

  void OnEnd(error_code ec) override {
    if (!opened_) return;
    route_stats().sessions_closed.Add();
    LogEnding(subject(), closing_by_us() ? ending_ : EndingOf(ec, {}));
  }

  bool closing_by_us() const { return ending_.code != 0; }

  bool opened_ = false;
  // What the peer said nevertheless.
  std::size_t dropped_ = 0;
  // Why we closed it, if we did.
  Ending ending_;
};

}  // namespace

void StartEventStream(StreamHandover handover, Shard& shard) {
  auto stream = std::make_shared<EventStream>(handover, shard);
  try {
    stream->Start(handover);
  } catch (...) {
    // Nobody else would end it.
    stream->Cut();
    throw;
  }
}

}  // namespace fanfare
