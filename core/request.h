// The HTTP side of a route: what a client asked for, and what a route answers.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "core/auth/identity.h"
#include "core/endpoint.h"

namespace fanfare {

// What a client asked for: a WebSocket's opening handshake, or a plain HTTP request.
//
// Path parameters and the query are percent-decoded; names in them are matched exactly. Header
// names are matched without regard to case. A name that occurs more than once is found at its first
// place.
struct Request {
  using Fields = std::vector<std::pair<std::string, std::string>>;

  std::string method;
  // The path without the query, as it was sent (not decoded).
  std::string path;
  // The route's pattern that fitted, such as "/chat/{room}".
  std::string_view pattern;
  // The name that the route registered, for the log.
  std::string_view route;
  // What `{name}` in the pattern stood for; the rest that a trailing `*` matched has the name "*".
  Fields params;
  Fields query;
  Fields headers;
  // Of a handshake: the first that the client asked for of those that the route speaks
  // (Route::subprotocols), or empty.
  std::string subprotocol;
  std::string body;
  Endpoint peer;
  // Whether it came through TLS, as far as this server knows: a proxy may have spoken it.
  bool is_tls = false;
  // Who sends it, where a token is asked for; else null. Also null where the route's own key stands
  // for a token (Route::HasOwnKey).
  std::shared_ptr<const Identity> identity;

  // The value, or an empty view when there is none.
  std::string_view Param(std::string_view name) const;
  std::string_view Query(std::string_view name) const;
  std::string_view Header(std::string_view name) const;

  // A whole number of the query, of digits alone: the fallback where there is none or an empty
  // value, and nothing where it is none or out of the range.
  std::optional<std::uint64_t> QueryNumber(std::string_view name, std::uint64_t least,
                                           std::uint64_t most, std::uint64_t fallback) const;
  // Whether the Content-Type is application/json, whatever its parameters.
  bool HasJson() const;
};

class Handler;
class Session;

// A plain HTTP answer.
struct Response {
  // Opens the session of an answer that does not end; see Route::Open.
  using OpenStream = std::function<absl::StatusOr<std::unique_ptr<Handler>>(Session& session)>;

  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body = {};
  Request::Fields headers = {};
  // Of an answer to GET: after the headers and the body comes what the session sends that this
  // opens, whose messages and channels are of Format::kEventStream, until it is closed. Only for
  // pages that may open WebSockets.
  OpenStream open_stream = nullptr;
};

}  // namespace fanfare
