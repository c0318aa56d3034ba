// What becomes of a request: a WebSocket, a route's answer, or a refusal.
#pragma once

#include <string>
#include <string_view>

#include "core/origin.h"
#include "core/request.h"
#include "core/route.h"
#include "core/router.h"

namespace fanfare {

class Authenticator;

struct Dispatch {
  // The route to open a session with; null when there is a response instead.
  Route* upgrade = nullptr;
  // The route of a response that opens a stream; else null.
  Route* stream = nullptr;
  Response response = {};
  // The response refuses a page of another site.
  bool is_foreign_page = false;
  // The response refuses a request for its token, or because it has none.
  bool is_unauthorized = false;
  // Who let the request in, and its identity is in the request; null where no token is asked for.
  const Authenticator* authenticator = nullptr;
  // What the answer to an opening handshake names; empty for nothing. It is the request's, or, if
  // that has none, the one that the token came in: a browser takes no other answer to it.
  std::string subprotocol = {};
};

// Decides on a request, whose path and query are still in `target`, and fills in the request's
// path, parameters, query and identity. `http_version` is 10 or 11.
//
// A refusal has a JSON body, {"error": "…", "status": 404}, and one of these statuses:
//
// - 400: a malformed target, or an opening handshake that lacks what RFC 6455 section 4.2.1 asks
// for;
// - 400 or 401: several tokens, or none or a wrong one, where one is asked for (core/auth);
// - 403: an opening handshake from a page whose origin may not, or its request for a stream, or
//   any request of it with a token in a cookie;
// - 404: no pattern fits the path;
// - 405: the route does not take this method; Allow lists those that it takes;
// - 426: a WebSocket route without an upgrade (Upgrade: websocket), or with a version other than 13
//   (Sec-WebSocket-Version: 13);
// - 500: the route threw an exception.
Dispatch DispatchRequest(const Router& router, const OriginPolicy& origins, std::string_view target,
                         int http_version, Request& request);

// Whether a request wants to become a WebSocket, rightly or not.
bool IsHandshake(const Request& request);

// A response with a JSON body that says what was wrong.
Response Refusal(int status, std::string_view what);

}  // namespace fanfare
