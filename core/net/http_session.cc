#include "core/net/http_session.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <optional>
#include <sstream>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/auth/authenticator.h"
#include "core/auth/session_token.h"
#include "core/compat.h"
#include "core/dispatch.h"
#include "core/exception_text.h"
#include "core/net/connection.h"
#include "core/net/event_stream.h"
#include "spdlog/spdlog.h"

namespace fanfare {
namespace {

namespace http = beast::http;

using TcpStream = beast::basic_stream<net::ip::tcp, Executor>;
using BeastRequest = http::request<http::string_body>;
using BeastResponse = http::response<http::string_body>;
template <typename T>
using Awaitable = net::awaitable<T, Executor>;
constexpr std::size_t kDropBytes = 4096;
constexpr auto kTuple = net::as_tuple(net::use_awaitable_t<Executor>());

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

class HttpSession final : public Shard::Member {
 public:
  HttpSession(Socket socket, OpenConnections::Permit permit, Shard& shard)
      : shard_(shard), permit_(std::move(permit)), stream_(std::move(socket)) {
    shard_.Add(*this);
  }
  ~HttpSession() {
    // First: the last to be removed ends a stop, which then counts who is left.
    stream_.close();
    permit_ = {};
    shard_.Remove(*this);
  }
  HttpSession(const HttpSession&) = delete;
  HttpSession& operator=(const HttpSession&) = delete;

  Awaitable<void> Run() {
    error_code ec;
    peer_ = stream_.socket().remote_endpoint(ec);
    while (!ec && co_await ServeOne()) {
    }
  }

  // An answer that has begun is finished; what has not been asked yet is not waited for.
  void Drain(DrainCause, std::chrono::milliseconds) override {
    draining_ = true;
    if (!writing_) stream_.close();
  }
  void Cut() override { stream_.close(); }

 private:
  // Reads one request and answers it. False when that was the last.
  Awaitable<bool> ServeOne() {
    const Limits limits = shard_.generation()->limits();
    http::request_parser<http::string_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(limits.header_bytes));
    parser.body_limit(limits.body_bytes);
    // For the whole request, however slowly it trickles in, and its answer.
    stream_.expires_after(limits.handshake_time);
    const auto [ec, bytes] = co_await http::async_read(stream_, buffer_, parser, kTuple);
    if (ec) {
      // An idle connection ends here, too.
      if (ec == beast::error::timeout && !answered_) shard_.stats().handshake_timeouts.Add();
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
      co_return co_await Write(TooManySessions(), &from);
    }
    if ((dispatch.upgrade != nullptr || is_stream) && request.identity != nullptr) {
      auto place = dispatch.authenticator->Connect(*request.identity);
      if (!place) {
        shard_.stats().user_connections_refused.Add();
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
    co_return co_await Write(dispatch.response, &from);
  }

  // False when the connection ends after this response.
  Awaitable<bool> Write(const Response& response, const BeastRequest* request) {
    BeastResponse to = ToBeast(response, request);
    writing_ = true;
    const auto [ec, bytes] = co_await http::async_write(stream_, to, kTuple);
    writing_ = false;
    answered_ = true;
    if (!ec && !to.keep_alive() && !draining_) {
      error_code ignored;
      stream_.socket().shutdown(net::socket_base::shutdown_send, ignored);
      co_await DropRest();
    }
    co_return !ec && to.keep_alive() && !draining_;
  }

  // Reads what the peer still sends until it closes its side, or its time is up. (Closing with
  // bytes unread would make the kernel reset the connection, and the peer might never see the
  // answer.)
  Awaitable<void> DropRest() {
    error_code ec;
    while (!ec) {
      buffer_.clear();
      ec = std::get<0>(co_await stream_.async_read_some(buffer_.prepare(kDropBytes), kTuple));
    }
  }

  // The body has no length: it ends with the connection (RFC 9112 section 6.3).
  void Stream(Dispatch dispatch, Request request, SharedGeneration generation) {
    shard_.stats().requests_answered.Add();
    BeastResponse to = ToBeast(dispatch.response, nullptr);
    to.erase(http::field::content_length);
    std::ostringstream head;
    head << to.base() << dispatch.response.body;
    StartEventStream({.transport = Leave(std::move(generation), *dispatch.stream),
                      .request = std::move(request),
                      .head = head.str(),
                      .open = std::move(dispatch.response.open_stream)},
                     shard_);
  }

  void Upgrade(BeastRequest from, Request request, SharedGeneration generation,
               const Dispatch& dispatch) {
    std::string read_before = beast::buffers_to_string(buffer_.data());
    StartConnection({.transport = Leave(std::move(generation), *dispatch.upgrade),
                     .read_before = std::move(read_before),
                     .handshake = std::move(from),
                     .request = std::move(request),
                     .subprotocol = dispatch.subprotocol},
                    *dispatch.upgrade, shard_);
  }

  // To the session that the connection becomes.
  TransportParts Leave(SharedGeneration generation, const Route& route) {
    return {.socket = stream_.release_socket(),
            .permit = std::move(permit_),
            .peer = peer_,
            .generation = std::move(generation),
            .route = &route,
            .admission = std::move(admission_)};
  }

  Shard& shard_;
  OpenConnections::Permit permit_;
  TcpStream stream_;
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
Awaitable<void> Serve(Socket socket, OpenConnections::Permit permit, Shard& shard) {
  HttpSession session(std::move(socket), std::move(permit), shard);
  try {
    co_await session.Run();
  } catch (...) {
    // Out of memory, or a bug: it ends this connection alone.
    spdlog::error("a connection failed: {}", CurrentExceptionText());
  }
}

}  // namespace

void StartHttpSession(Socket socket, OpenConnections::Permit permit, Shard& shard) {
  net::co_spawn(shard.context().get_executor(), Serve(std::move(socket), std::move(permit), shard),
                net::detached);
}

}  // namespace fanfare
