#include "core/dispatch.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "core/compat.h"
#include "core/exception_text.h"
#include "core/log_text.h"
#include "core/target.h"
#include "spdlog/spdlog.h"

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
  if (!origins.Allows(origin, request.Header("Host"))) return ForeignPage(origin);
  request.subprotocol = ChooseSubprotocol(route, request);
  return {.upgrade = &route};
}

Response Answer(Route& route, const Request& request) {
  try {
    return route.Answer(request);
  } catch (...) {
    spdlog::error("the route of {} failed: {}", EscapeForLog(request.path), CurrentExceptionText());
    return Refusal(500, "the route failed");
  }
}

// What may open a WebSocket may read a stream. Without these headers, a browser keeps it from pages
// of other sites all the same.
Dispatch AnswerWithStream(Route& route, Response response, const OriginPolicy& origins,
                          const Request& request) {
  const std::string_view origin = request.Header("Origin");
  // Pages of this server itself read without an Origin.
  const bool is_own_page = origin.empty() && request.Header("Sec-Fetch-Site") == "same-origin";
  if (!is_own_page && !origins.Allows(origin, request.Header("Host"))) return ForeignPage(origin);
  if (!origin.empty()) {
    response.headers.emplace_back("Access-Control-Allow-Origin", origin);
    response.headers.emplace_back("Vary", "Origin");
  }
  return {.stream = &route, .response = std::move(response)};
}

}  // namespace

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
  request.params = std::move(match.params);
  Route& route = *match.route;
  const Route::Service service = route.ServiceAt(request.pattern);

  if (service.has_websocket && HasToken(request.Header("Upgrade"), "websocket")) {
    return OpeningHandshake(route, origins, http_version, request);
  }
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

}  // namespace fanfare
