// The target of a request: path and query.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "core/request.h"

namespace fanfare {

// The parts of a request's target ("/chat/lobby?name=anna").
struct Target {
  // As it was sent, not decoded; Router::Find takes it so.
  std::string path;
  Request::Fields query;
};

// Splits a target in origin form (RFC 9112 section 3.2.1); the query's names and values are decoded
// ('+' is a space). What is malformed, or would decode to something else than UTF-8 without NULs,
// is an error which says what is wrong, and which is fit to be sent to the peer.
absl::StatusOr<Target> ParseTarget(std::string_view target);

}  // namespace fanfare
