#include "core/dispatch.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "core/auth/authenticator.h"
#include "core/compat.h"
#include "core/event_log.h"
#include "core/exception_text.h"
#include "core/log_text.h"
#include "core/target.h"

namespace fanfare {
namespace {

// Whether a comma-separated header has a token, in whatever case (RFC 9110 section 5.6.1).
bool HasToken(std::string_view header, std::string_view token) {
  for (absl::string_view part : absl::StrSplit(ToAbsl(header), ',')) {
    if (absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(part), ToAbsl(token))) return true;
  }
  return false;
}

// Sixteen bytes in base64. Abseil would also take it unpadded, or with spaces in between.
bool IsWebSocketKey(std::string_view key) {
  constexpr std::size_t kEncodedBytes = 24;
  std::string bytes;
  return key.size() == kEncodedBytes && absl::Base64Unescape(ToAbsl(key), &bytes) &&
         bytes.size() == 16;
}

Response UpgradeRequired(std::string_view what) {
  Response response = Refusal(426, what);
  response.headers = {{"Upgrade", "websocket"}, {"Connection", "Upgrade"}};
  return response;
}

Response MethodNotAllowed(std::string_view method, std::vector<std::string> allowed) {
  Response response = Refusal(405, absl::StrCat("this path does not take ", ToAbsl(method)));
  response.headers = {{"Allow", absl::StrJoin(allowed, ", ")}};
  return response;
}

// The methods that a path takes in all.
std::vector<std::string> AllowedMethods(const Route::Service& service) {
  std::vector<std::string> methods = service.http_methods;
  const auto has = [&](const char* method) {
    return std::find(methods.begin(), methods.end(), method) != methods.end();
  };
  if (has("GET") && !has("HEAD")) methods.emplace_back("HEAD");
  if (service.has_websocket && !has("GET")) methods.emplace_back("GET");
  return methods;
}

// The header may be sent several times (RFC 6455 section 11.3.4).
std::string ChooseSubprotocol(const Route& route, const Request& request) {
  const std::vector<std::string> spoken = route.subprotocols();
  for (const auto& [name, value] : request.headers) {
    if (!absl::EqualsIgnoreCase(name, "Sec-WebSocket-Protocol")) continue;
    for (absl::string_view part : absl::StrSplit(value, ',')) {
      const std::string wanted(absl::StripAsciiWhitespace(part));
      if (std::ranges::find(spoken, wanted) != spoken.end()) return wanted;
    }
  }
  return "";
}

Dispatch ForeignPage(std::string_view origin) {
  const std::string what =
      origin.empty() ? "clients must send an Origin here"
                     : absl::StrCat("pages of ", ToAbsl(origin),
                                    " may not connect; the setting \"origins\" can allow them");
  return {.response = Refusal(403, what), .is_foreign_page = true};
}

Dispatch OpeningHandshake(Route& route, const OriginPolicy& origins, int http_version,
                          Request& request) {
  if (request.method != "GET") {
    return {.response = MethodNotAllowed(request.method, {"GET"})};
  }
  if (http_version < 11) {
    return {.response = Refusal(400, "a WebSocket handshake needs HTTP/1.1")};
  }
  if (request.Header("Host").empty()) {
    return {.response = Refusal(400, "the Host header is missing")};
  }
  if (!HasToken(request.Header("Connection"), "upgrade")) {
    return {.response = Refusal(400, "the Connection header does not say Upgrade")};
  }
  if (request.Header("Sec-WebSocket-Version") != "13") {
    Dispatch refused{.response = UpgradeRequired("only WebSocket version 13 is spoken here")};
    refused.response.headers.emplace_back("Sec-WebSocket-Version", "13");
    return refused;
  }
  if (!IsWebSocketKey(request.Header("Sec-WebSocket-Key"))) {
    return {.response = Refusal(400, "Sec-WebSocket-Key is not 16 bytes in base64")};
  }
  const std::string_view origin = request.Header("Origin");
  if (!origins.Allows(origin, request.Header("Host"), request.is_tls)) return ForeignPage(origin);
  request.subprotocol = ChooseSubprotocol(route, request);
  return {.upgrade = &route, .subprotocol = request.subprotocol};
}

Response RouteFailed(const Request& request) {
  const std::string why = CurrentExceptionText();
  const std::string peer = ToString(request.peer);
  const std::string text =
      absl::StrCat("the route of ", EscapeForLog(request.path), " failed: ", EscapeForLog(why));
  WriteLog(LogEvent::kRouteFailed, {.about = {.peer = peer, .route = request.route},
                                    .text = text,
                                    .fields = {{"path", request.path}, {"reason", why}}});
  return Refusal(500, "the route failed");
}

Response Answer(Route& route, const Request& request) {
  try {
    return route.Answer(request);
  } catch (...) {
    return RouteFailed(request);
  }
}

// RFC 6750 section 3.
Dispatch Unauthorized(const Authenticator& authenticator, const Request& request,
                      const absl::Status& why) {
  const std::string_view text = ToStd(why.message());
  authenticator.TellRefused(request, text);
  const bool are_several = absl::IsInvalidArgument(why);
  Dispatch refused{.response = Refusal(are_several ? 400 : 401, text), .is_unauthorized = true};
  std::string challenge = "Bearer";
  if (are_several) challenge += " error=\"invalid_request\"";
  if (absl::IsUnauthenticated(why)) challenge += " error=\"invalid_token\"";
  refused.response.headers = {{"WWW-Authenticate", std::move(challenge)}};
  return refused;
}

// Finds out who sends a request. Gives the answer to one that may not come in.
std::optional<Dispatch> Authenticate(const Authenticator& authenticator,
                                     const OriginPolicy& origins, Request& request,
                                     std::string& subprotocol) {
  absl::StatusOr<Authenticator::Verified> verified = authenticator.Verify(request);
  if (!verified.ok()) return Unauthorized(authenticator, request, verified.status());
  // A browser says whose page it is that sends more than a link could; see OpeningHandshake for
  // the rest.
  const std::string_view origin = request.Header("Origin");
  if (verified->shown.is_from_cookie && !origin.empty() &&
      !origins.Allows(origin, request.Header("Host"), request.is_tls)) {
    return ForeignPage(origin);
  }
  request.identity = std::move(verified->identity);
  subprotocol = verified->shown.subprotocol;
  return std::nullopt;
}

// What may open a WebSocket may read a stream. Without these headers, a browser keeps it from pages
// of other sites all the same.
Dispatch AnswerWithStream(Route& route, Response response, const OriginPolicy& origins,
                          const Request& request) {
  const std::string_view origin = request.Header("Origin");
  // Pages of this server itself read without an Origin.
  const bool is_own_page = origin.empty() && request.Header("Sec-Fetch-Site") == "same-origin";
  if (!is_own_page && !origins.Allows(origin, request.Header("Host"), request.is_tls)) {
    return ForeignPage(origin);
  }
  if (!origin.empty()) {
    response.headers.emplace_back("Access-Control-Allow-Origin", origin);
    response.headers.emplace_back("Vary", "Origin");
  }
  return {.stream = &route, .response = std::move(response)};
}

Dispatch PlainRequest(Route& route, const Route::Service& service, const OriginPolicy& origins,
                      const Request& request) {
  const std::vector<std::string>& methods = service.http_methods;
  std::string_view method = request.method;
  if (method == "HEAD") method = "GET";
  if (std::find(methods.begin(), methods.end(), method) != methods.end()) {
    Response response = Answer(route, request);
    if (response.open_stream == nullptr) return {.response = std::move(response)};
    return AnswerWithStream(route, std::move(response), origins, request);
  }
  if (service.has_websocket && method == "GET") {
    return {.response = UpgradeRequired("this path speaks WebSocket: connect with ws://")};
  }
  return {.response = MethodNotAllowed(request.method, AllowedMethods(service))};
}

}  // namespace

bool IsHandshake(const Request& request) {
  return HasToken(request.Header("Upgrade"), "websocket");
}

Response Refusal(int status, std::string_view what) {
  // Text that a client sent may be in it, and need not be UTF-8.
  const nlohmann::json body = {{"error", what}, {"status", status}};
  return {.status = status,
          .content_type = "application/json",
          .body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n"};
}

Dispatch DispatchRequest(const Router& router, const OriginPolicy& origins, std::string_view target,
                         int http_version, Request& request) {
  absl::StatusOr<Target> parsed = ParseTarget(target);
  if (!parsed.ok()) return {.response = Refusal(400, ToStd(parsed.status().message()))};
  request.path = std::move(parsed->path);
  request.query = std::move(parsed->query);

  Router::Match match = router.Find(request.path);
  if (match.route == nullptr) {
    return {.response = Refusal(404, absl::StrCat("nothing is served at ", request.path))};
  }
  request.pattern = match.pattern;
  request.route = match.name;
  request.params = std::move(match.params);
  Route& route = *match.route;
  const Route::Service service = route.ServiceAt(request.pattern);
  const bool is_handshake = service.has_websocket && IsHandshake(request);

  std::string token_subprotocol;
  if (match.authenticator != nullptr) {
    try {
      if (is_handshake || !route.HasOwnKey(request)) {
        auto refused = Authenticate(*match.authenticator, origins, request, token_subprotocol);
        if (refused) return *std::move(refused);
      }
    } catch (...) {
      return {.response = RouteFailed(request)};
    }
  }
  Dispatch dispatch = is_handshake ? OpeningHandshake(route, origins, http_version, request)
                                   : PlainRequest(route, service, origins, request);
  dispatch.authenticator = match.authenticator;
  if (dispatch.subprotocol.empty()) dispatch.subprotocol = std::move(token_subprotocol);
  return dispatch;
}

}  // namespace fanfare
