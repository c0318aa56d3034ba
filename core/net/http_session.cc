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
#include <sstream>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/auth/authenticator.h"
#include "core/auth/session_token.h"
#include "core/compat.h"
#include "core/dispatch.h"
#include "core/event_log.h"
#include "core/exception_text.h"
#include "core/log_text.h"
#include "core/net/byte_stream.h"
#include "core/net/connection.h"
#include "core/net/event_stream.h"

namespace fanfare {
namespace {

namespace http = beast::http;

using BeastRequest = http::request<http::string_body>;
using BeastResponse = http::response<http::string_body>;
using RequestParser = http::request_parser<http::string_body>;

// Counts a request that could not be read; gives the response to it, if the peer should have one.
std::optional<Response> ReadFailure(error_code ec, const Limits& limits, Stats& stats) {
  if (ec == http::error::header_limit) {
    stats.headers_too_big.Add();
    return Refusal(431, absl::StrCat("the headers are over ", limits.header_bytes, " bytes"));
  }
  if (ec == http::error::body_limit) {
    stats.bodies_too_big.Add();
    return Refusal(413, absl::StrCat("the body is over ", limits.body_bytes, " bytes"));
  }
  const bool is_http_error = ec.category() == http::make_error_code(http::error{}).category();
  if (!is_http_error || ec == http::error::end_of_stream || ec == http::error::partial_message) {
    return std::nullopt;
  }
  return Refusal(400, absl::StrCat("not an HTTP request: ", ec.message()));
}

Response TooManySessions() {
  Response response = Refusal(429, "this address opens sessions more often than it may");
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

Response TooManyOfUser(std::size_t most) {
  return Refusal(429, absl::StrCat("this user has as many connections as it may: ", most,
                                   " (auth.jwt.user_connections)"));
}

void CountRefusedHandshake(Stats& stats, const Dispatch& dispatch) {
  const int status = dispatch.response.status;
  if (dispatch.is_foreign_page) return stats.handshakes_foreign.Add();
  if (dispatch.is_unauthorized || status == 401) return stats.handshakes_unauthorized.Add();
  // Where there is no WebSocket, an upgrade is asked for in vain (RFC 9110 section 7.8).
  if (status == 404 || status < 400) return stats.handshakes_not_found.Add();
  stats.handshakes_malformed.Add();
}

Request ToRequest(BeastRequest& from, const Endpoint& peer) {
  Request request;
  request.method = std::string(ToStd(from.method_string()));
  for (const auto& field : from) {
    request.headers.emplace_back(ToStd(field.name_string()), ToStd(field.value()));
  }
  request.body = std::move(from.body());
  request.peer = peer;
  return request;
}

BeastResponse ToBeast(const Response& response, const BeastRequest* request) {
  BeastResponse to;
  to.version(11);
  to.result(static_cast<unsigned>(response.status));
  to.set(http::field::server, "fanfare");
  to.set(http::field::content_type, response.content_type);
  // Not set: a name may occur more than once (Set-Cookie).
  for (const auto& [name, value] : response.headers) to.insert(name, value);
  // Of these two, no body follows whose length it could be (RFC 9110 section 8.6).
  const bool has_length = response.status != 204 && response.status != 304;
  if (has_length) to.content_length(response.body.size());
  to.keep_alive(request != nullptr && request->keep_alive());
  // The answer to HEAD is that to GET without its body (RFC 9110 section 9.3.2).
  if (request == nullptr || request->method() != http::verb::head) to.body() = response.body;
  return to;
}

// Status line and headers.
std::string HeadOf(const BeastResponse& response) {
  std::ostringstream head;
  head << response.base();
  return head.str();
}

class HttpSession final : public Shard::Member {
 public:
  // Without contexts, it speaks plain text.
  HttpSession(Socket socket, std::shared_ptr<const TlsContexts> tls, OpenConnections::Permit permit,
              Shard& shard)
      : shard_(shard),
        permit_(std::move(permit)),
        is_tls_(tls != nullptr),
        stream_(std::move(socket), std::move(tls),
                is_tls_ ? shard.plaintext_buffer() : std::span<char>()) {
    shard_.Add(*this);
  }
  ~HttpSession() {
    // First: the last to be removed ends a stop, which then counts who is left.
    stream_.Close();
    permit_ = {};
    shard_.Remove(*this);
  }
  HttpSession(const HttpSession&) = delete;
  HttpSession& operator=(const HttpSession&) = delete;

  Awaitable<void> Run() {
    error_code ec;
    peer_ = stream_.PeerAddress(ec);
    if (ec) co_return;
    Hurry();
    if (is_tls_ && !co_await Handshake()) co_return;
    while (co_await ServeOne()) Hurry();
  }

  // An answer that has begun is finished; what has not been asked yet is not waited for.
  void Drain(DrainCause, std::chrono::milliseconds) override {
    draining_ = true;
    if (!writing_) stream_.Close();
  }
  void Cut() override { stream_.Close(); }

 private:
  // For a whole request, however slowly it trickles in, and its answer; with the handshake of TLS
  // before the first.
  void Hurry() { stream_.ExpiresAfter(shard_.generation()->limits().handshake_time); }

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
    const std::string peer = ToString(peer_);
    const std::string why = ec.message();
    const std::string text = absl::StrCat("failed at TLS: ", why);
    WriteLog(LogEvent::kTlsFailed,
             {.about = {.peer = peer}, .text = text, .fields = {{"reason", why}}});
  }

  // An idle connection ends by that, too.
  void CountTimeout(const error_code& ec) {
    if (ec == beast::error::timeout && !answered_) shard_.stats().handshake_timeouts.Add();
  }

  // Reads until the request is complete; what comes behind it stays in the buffer.
  Awaitable<error_code> ReadRequest(RequestParser& parser) {
    parser.eager(true);
    while (!parser.is_done()) {
      error_code ec;
      if (buffer_.size() > 0) {
        buffer_.consume(parser.put(buffer_.data(), ec));
        if (!ec) continue;
        if (ec != http::error::need_more) co_return ec;
      }
      ec = co_await stream_.Read(buffer_);
      if (ec == net::error::eof) {
        co_return parser.got_some() ? http::error::partial_message : http::error::end_of_stream;
      }
      if (ec) co_return ec;
    }
    co_return error_code();
  }

  // Reads one request and answers it. False when that was the last.
  Awaitable<bool> ServeOne() {
    const Limits limits = shard_.generation()->limits();
    RequestParser parser;
    parser.header_limit(static_cast<std::uint32_t>(limits.header_bytes));
    parser.body_limit(limits.body_bytes);
    const error_code ec = co_await ReadRequest(parser);
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
    Request request = ToRequest(from, peer_);
    // Until it is answered, whatever a reload puts in its place.
    SharedGeneration generation = shard_.generation();
    Dispatch dispatch = DispatchRequest(generation->router(), generation->origins(),
                                        ToStd(from.target()), from.version(), request);
    const bool is_stream = dispatch.stream != nullptr && from.method() == http::verb::get;
    if ((dispatch.upgrade != nullptr || is_stream) &&
        !shard_.addresses().MayOpenSession(peer_.address())) {
      shard_.stats().address_handshakes_refused.Add();
      shard_.stats().requests_refused.Add();
      if (!is_stream) shard_.stats().handshakes_too_many.Add();
      co_return co_await Write(TooManySessions(), &from);
    }
    if ((dispatch.upgrade != nullptr || is_stream) && request.identity != nullptr) {
      auto place = dispatch.authenticator->Connect(*request.identity);
      if (!place) {
        shard_.stats().user_connections_refused.Add();
        if (!is_stream) shard_.stats().handshakes_too_many.Add();
        shard_.stats().requests_refused.Add();
        co_return co_await Write(TooManyOfUser(dispatch.authenticator->user_connections()), &from);
      }
      admission_ = {.identity = request.identity, .place = *std::move(place)};
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
    if (dispatch.is_foreign_page) shard_.stats().origins_refused.Add();
    if (dispatch.is_unauthorized) shard_.stats().auth_refused.Add();
    if (IsHandshake(request)) CountRefusedHandshake(shard_.stats(), dispatch);
    co_return co_await Write(dispatch.response, &from);
  }

  // The request is null where it could not be read.
  void LogAnswer(int status, const BeastRequest* request) const {
    const std::string peer = ToString(peer_);
    const std::string method(request == nullptr ? "" : ToStd(request->method_string()));
    const std::string target(request == nullptr ? "" : ToStd(request->target()));
    const std::string text =
        absl::StrCat("answered ", status, request == nullptr ? "" : " to ", EscapeForLog(method),
                     request == nullptr ? "" : " ", EscapeForLog(target));
    WriteLog(LogEvent::kAnswered, {.about = {.peer = peer},
                                   .text = text,
                                   .fields = {{"status", static_cast<std::uint64_t>(status)},
                                              {"method", method},
                                              {"target", target}}});
  }

  // False when the connection ends after this response.
  Awaitable<bool> Write(const Response& response, const BeastRequest* request) {
    if (IsLogged(LogLevel::kDebug)) LogAnswer(response.status, request);
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
    StartEventStream({.transport = Leave(std::move(generation), *dispatch.stream, request.route),
                      .request = std::move(request),
                      .head = HeadOf(to) + dispatch.response.body,
                      .open = std::move(dispatch.response.open_stream)},
                     shard_);
  }

  void Upgrade(BeastRequest from, Request request, SharedGeneration generation,
               const Dispatch& dispatch) {
    std::string read_before = beast::buffers_to_string(buffer_.data());
    StartConnection({.transport = Leave(std::move(generation), *dispatch.upgrade, request.route),
                     .read_before = std::move(read_before),
                     .handshake = std::move(from),
                     .request = std::move(request),
                     .subprotocol = dispatch.subprotocol},
                    *dispatch.upgrade, shard_);
  }

  // To the session that the connection becomes.
  TransportParts Leave(SharedGeneration generation, const Route& route,
                       std::string_view route_name) {
    return {.socket = stream_.ReleaseSocket(),
            .tls = stream_.ReleaseTls(),
            .permit = std::move(permit_),
            .peer = peer_,
            .generation = std::move(generation),
            .route = &route,
            .route_name = route_name,
            .admission = std::move(admission_)};
  }

  Shard& shard_;
  OpenConnections::Permit permit_;
  const bool is_tls_;
  ByteStream stream_;
  Endpoint peer_;
  // Of the session that the connection becomes.
  Admission admission_;
  beast::flat_buffer buffer_;
  bool writing_ = false;
  // A request has been answered: the peer is none that never asks.
  bool answered_ = false;
  bool draining_ = false;
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
