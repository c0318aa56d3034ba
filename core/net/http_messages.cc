#include "core/net/http_messages.h"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http.hpp>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/compat.h"
#include "core/event_log.h"
#include "core/log_text.h"

namespace fanfare {

namespace http = beast::http;

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

Response TooManyConnections() {
  Response response = Refusal(429, "this address has as many connections as it may");
  response.headers.emplace_back("Retry-After", "5");
  return response;
}

std::optional<Response> RefuseHosts(const BeastRequest& request) {
  const std::size_t hosts = request.count(http::field::host);
  if (hosts == 1 || (hosts == 0 && request.version() < 11)) return std::nullopt;
  return Refusal(400, absl::StrCat("expected one Host header, got ", hosts));
}

Response TooManyRequests() {
  Response response = Refusal(429, "this address makes requests more often than it may");
  response.headers.emplace_back("Retry-After", "1");
  return response;
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

Request ToRequest(BeastRequest& from, const Endpoint& peer, bool is_tls) {
  Request request;
  request.method = std::string(ToStd(from.method_string()));
  for (const auto& field : from) {
    request.headers.emplace_back(ToStd(field.name_string()), ToStd(field.value()));
  }
  request.body = std::move(from.body());
  request.peer = peer;
  request.is_tls = is_tls;
  return request;
}

std::string ForwardedFor(const BeastRequest& request) {
  std::string said;
  for (const auto& field : request) {
    if (!beast::iequals(field.name_string(), "X-Forwarded-For")) continue;
    absl::StrAppend(&said, said.empty() ? "" : ",", ToAbsl(ToStd(field.value())));
  }
  return said;
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

std::string HeadOf(const BeastResponse& response) {
  std::ostringstream head;
  head << response.base();
  return head.str();
}

void CountRefusedHandshake(Stats& stats, const Dispatch& dispatch) {
  const int status = dispatch.response.status;
  if (dispatch.is_foreign_page) return stats.handshakes_foreign.Add();
  if (dispatch.is_unauthorized || status == 401) return stats.handshakes_unauthorized.Add();
  // Where there is no WebSocket, an upgrade is asked for in vain (RFC 9110 section 7.8).
  if (status == 404 || status < 400) return stats.handshakes_not_found.Add();
  stats.handshakes_malformed.Add();
}

void LogAnswer(const std::string& peer, int status, const BeastRequest* request) {
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

void LogForeignPage(const Request& request) {
  const std::string peer = ToString(request.peer);
  const std::string_view origin = request.Header("Origin");
  const std::string why =
      origin.empty() ? "it sent no Origin" : absl::StrCat("it is a page of ", QuoteForLog(origin));
  const std::string text =
      absl::StrCat("was refused at ", EscapeForLog(request.path), ": ", why, "; see origins");
  WriteLog(LogEvent::kRefused, {.about = {.peer = peer, .route = request.route},
                                .text = text,
                                .fields = {{"path", request.path}, {"origin", origin}}});
}

}  // namespace fanfare
