#include "core/net/http_session.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/compat.h"
#include "core/dispatch.h"
#include "core/event_log.h"
#include "core/exception_text.h"
#include "core/log_text.h"
#include "core/net/byte_stream.h"
#include "core/net/connection.h"
#include "core/net/event_stream.h"
#include "core/net/http_messages.h"
#include "core/net/peer_limits.h"
#include "core/net/request_reader.h"
#include "core/session_report.h"

namespace fanfare {
namespace {

namespace http = beast::http;

class HttpSession final : public Shard::Member {
 public:
  // Without contexts, it speaks plain text.
  HttpSession(Socket socket, std::shared_ptr<const TlsContexts> tls, OpenConnections::Permit permit,
              Shard& shard)
      : shard_(shard),
        limits_(std::move(permit), shard),
        is_tls_(tls != nullptr),
        stream_(std::move(socket), std::move(tls),
                is_tls_ ? shard.plaintext_buffer() : std::span<char>()) {
    shard_.Add(*this);
  }
  ~HttpSession() {
    // First: the last to be removed ends a stop, which then counts who is left.
    stream_.Close();
    limits_.TakePermit();
    shard_.Remove(*this);
  }
  HttpSession(const HttpSession&) = delete;
  HttpSession& operator=(const HttpSession&) = delete;

  Awaitable<void> Run() {
    error_code ec;
    const Endpoint peer = stream_.PeerAddress(ec);
    if (ec) co_return;
    Hurry();
    limits_.Begin(peer);
    if (limits_.expects_proxy_header() && !co_await ReadProxyHeader()) co_return;
    if (is_tls_ && (!limits_.MayBeginTls() || !co_await Handshake())) co_return;
    while (co_await ServeOne()) Hurry();
  }

  // An answer that has begun is finished; what has not been asked yet is not waited for.
  void Drain(DrainCause, std::chrono::milliseconds) override {
    draining_ = true;
    if (!writing_) stream_.Close();
  }
  void Cut() override {
    is_cut_ = true;
    stream_.Close();
  }
  // Since when a request is waited for, or answered.
  SessionReport Report() const override {
    return {.peer = limits_.peer(), .opened = began_, .is_closing = is_cut_};
  }

 private:
  // For a whole request, however slowly it trickles in, and its answer; with the handshake of TLS
  // before the first.
  void Hurry() {
    began_ = std::chrono::system_clock::now();
    stream_.ExpiresAfter(shard_.generation()->limits().handshake_time);
  }

  // From whom the connection is, by the proxy that it comes through. False when it ends here.
  Awaitable<bool> ReadProxyHeader() {
    error_code ec;
    const ProxyHeader header = co_await stream_.ReadProxyHeader(ec);
    if (header.state != ProxyHeader::State::kComplete) {
      CountTimeout(ec);
      if (header.state == ProxyHeader::State::kWrong) {
        shard_.stats().proxy_headers_wrong.Add();
        const std::string peer = ToString(limits_.peer());
        WriteLog(LogEvent::kRefused,
                 {.about = {.peer = peer},
                  .text = "refused: a header of the PROXY protocol is missing, or wrong"});
      }
      co_return false;
    }
    const bool has_place = limits_.Believe(header);
    if (!has_place && !is_tls_) co_await Write(TooManyConnections(), nullptr);
    co_return has_place;
  }

  // That of TLS. False when it failed.
  Awaitable<bool> Handshake() {
    const error_code ec = co_await stream_.Handshake(buffer_);
    if (!ec) {
      shard_.stats().tls_handshakes.Add();
      co_return true;
    }
    CountTimeout(ec);
    if (IsPlainHttp(ec)) {
      shard_.stats().requests_refused.Add();
      co_await Write(Refusal(400, "this port speaks TLS: use https://, or wss://"), nullptr);
    } else {
      CountTlsFailure(ec);
    }
    co_return false;
  }

  void CountTlsFailure(const error_code& ec) {
    if (!IsTlsError(ec)) return;
    shard_.stats().tls_failures.Add();
    const std::string peer = ToString(limits_.peer());
    const std::string why = ec.message();
    const std::string text = absl::StrCat("failed at TLS: ", why);
    WriteLog(LogEvent::kTlsFailed,
             {.about = {.peer = peer}, .text = text, .fields = {{"reason", why}}});
  }

  // An idle connection ends by that, too.
  void CountTimeout(const error_code& ec) {
    if (ec == beast::error::timeout && !answered_) shard_.stats().handshake_timeouts.Add();
  }

  // Reads one request and answers it. False when that was the last.
  Awaitable<bool> ServeOne() {
    const Limits limits = shard_.generation()->limits();
    RequestParser parser;
    parser.header_limit(static_cast<std::uint32_t>(limits.header_bytes));
    parser.body_limit(limits.body_bytes);
    const error_code ec = co_await ReadRequest(stream_, buffer_, parser, limits.header_bytes);
    if (ec) {
      CountTimeout(ec);
      CountTlsFailure(ec);
      const std::optional<Response> answer = ReadFailure(ec, limits, shard_.stats());
      if (answer) {
        shard_.stats().requests_refused.Add();
        co_await Write(*answer, nullptr);
      }
      co_return false;
    }
    BeastRequest from = parser.release();
    Request request = ToRequest(from, limits_.PeerOf(from), is_tls_);
    // Before anything is done for it: to look at a token is work.
    const bool is_handshake = IsHandshake(request);
    if (!limits_.MayAsk(request)) {
      co_return co_await RefuseTooMany(TooManyRequests(), from, is_handshake);
    }
    if (is_handshake && !limits_.MayAskForSession(request)) {
      co_return co_await RefuseTooMany(TooManySessions(), from, true);
    }
    if (const std::optional<Response> refusal = RefuseHosts(from)) {
      shard_.stats().requests_refused.Add();
      if (is_handshake) shard_.stats().handshakes_malformed.Add();
      co_return co_await Write(*refusal, &from);
    }
    // Until it is answered, whatever a reload puts in its place.
    SharedGeneration generation = shard_.generation();
    Dispatch dispatch = DispatchRequest(generation->router(), generation->origins(),
                                        ToStd(from.target()), from.version(), request);
    const bool is_stream = dispatch.stream != nullptr && from.method() == http::verb::get;
    if (dispatch.upgrade != nullptr || is_stream) {
      std::optional<Response> refusal;
      if (is_stream && !limits_.MayAskForSession(request)) refusal = TooManySessions();
      if (!refusal) refusal = limits_.RefuseSession(request, dispatch);
      if (refusal) co_return co_await RefuseTooMany(*refusal, from, !is_stream);
    }
    if (dispatch.upgrade != nullptr) {
      Upgrade(std::move(from), std::move(request), std::move(generation), dispatch);
      co_return false;
    }
    if (is_stream) {
      Stream(std::move(dispatch), std::move(request), std::move(generation));
      co_return false;
    }
    auto& counter = dispatch.response.status < 400 ? shard_.stats().requests_answered
                                                   : shard_.stats().requests_refused;
    counter.Add();
    if (dispatch.is_foreign_page) {
      shard_.stats().origins_refused.Add();
      LogForeignPage(request);
    }
    if (dispatch.is_unauthorized) shard_.stats().auth_refused.Add();
    if (is_handshake) CountRefusedHandshake(shard_.stats(), dispatch);
    co_return co_await Write(dispatch.response, &from);
  }

  Awaitable<bool> RefuseTooMany(const Response& refusal, const BeastRequest& from,
                                bool is_handshake) {
    if (is_handshake) shard_.stats().handshakes_too_many.Add();
    shard_.stats().requests_refused.Add();
    co_return co_await Write(refusal, &from);
  }

  // False when the connection ends after this response.
  Awaitable<bool> Write(const Response& response, const BeastRequest* request) {
    if (IsLogged(LogLevel::kDebug)) LogAnswer(ToString(limits_.peer()), response.status, request);
    const BeastResponse to = ToBeast(response, request);
    const std::string head = HeadOf(to);
    writing_ = true;
    const error_code ec = co_await stream_.Write(head, to.body());
    writing_ = false;
    answered_ = true;
    if (!ec && !to.keep_alive() && !draining_) co_await stream_.Finish();
    co_return !ec && to.keep_alive() && !draining_;
  }

  // The body has no length: it ends with the connection (RFC 9112 section 6.3).
  void Stream(Dispatch dispatch, Request request, SharedGeneration generation) {
    shard_.stats().requests_answered.Add();
    BeastResponse to = ToBeast(dispatch.response, nullptr);
    to.erase(http::field::content_length);
    StartEventStream({.transport = Leave(std::move(generation), *dispatch.stream, request),
                      .request = std::move(request),
                      .head = HeadOf(to) + dispatch.response.body,
                      .open = std::move(dispatch.response.open_stream)},
                     shard_);
  }

  void Upgrade(BeastRequest from, Request request, SharedGeneration generation,
               const Dispatch& dispatch) {
    std::string read_before = beast::buffers_to_string(buffer_.data());
    StartConnection({.transport = Leave(std::move(generation), *dispatch.upgrade, request),
                     .read_before = std::move(read_before),
                     .handshake = std::move(from),
                     .request = std::move(request),
                     .subprotocol = dispatch.subprotocol},
                    *dispatch.upgrade, shard_);
  }

  // To the session that the connection becomes.
  TransportParts Leave(SharedGeneration generation, const Route& route, const Request& request) {
    return {.socket = stream_.ReleaseSocket(),
            .tls = stream_.ReleaseTls(),
            .permit = limits_.TakePermit(),
            .peer = request.peer,
            .generation = std::move(generation),
            .route = &route,
            .route_name = request.route,
            .admission = limits_.TakeAdmission()};
  }

  Shard& shard_;
  PeerLimits limits_;
  const bool is_tls_;
  ByteStream stream_;
  beast::flat_buffer buffer_;
  bool writing_ = false;
  // A request has been answered: the peer is none that never asks.
  bool answered_ = false;
  bool draining_ = false;
  bool is_cut_ = false;
  std::chrono::system_clock::time_point began_ = std::chrono::system_clock::now();
};

// The coroutine's frame owns the session.
Awaitable<void> Serve(Socket socket, std::shared_ptr<const TlsContexts> tls,
                      OpenConnections::Permit permit, Shard& shard) {
  HttpSession session(std::move(socket), std::move(tls), std::move(permit), shard);
  try {
    co_await session.Run();
  } catch (...) {
    // Out of memory, or a bug: it ends this connection alone.
    const std::string why = CurrentExceptionText();
    const std::string text = absl::StrCat("a connection failed: ", EscapeForLog(why));
    WriteLog(LogEvent::kConnectionFailed, {.text = text, .fields = {{"reason", why}}});
  }
}

}  // namespace

void StartHttpSession(Socket socket, bool is_tls, OpenConnections::Permit permit, Shard& shard) {
  std::shared_ptr<const TlsContexts> tls = is_tls ? shard.generation()->tls() : nullptr;
  // Since it was accepted, a reload has ended TLS.
  if (is_tls && tls == nullptr) return;
  net::co_spawn(shard.context().get_executor(),
                Serve(std::move(socket), std::move(tls), std::move(permit), shard), net::detached);
}

}  // namespace fanfare
