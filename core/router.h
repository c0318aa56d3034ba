// From a request's path to the route that serves it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "core/request.h"

namespace fanfare {

class Authenticator;
class Route;

// Maps path patterns to routes.
//
// A pattern starts with '/' and consists of segments: literal ("/chat"), `{name}`, which takes any
// one segment that is not empty, and, as its last, `*`, which takes the rest of the path, also when
// that is empty ("/files/*" takes "/files/" but not "/files"). When several patterns fit a path,
// a literal wins over a parameter and a parameter over `*`, segment by segment from the left. A
// pattern is written decoded: "/café", not "/caf%C3%A9".
//
// Thread: patterns are added before start, by one thread; Find may then be called by all at once.
class Router {
 public:
  struct Match {
    // Null when no pattern fits.
    Route* route = nullptr;
    // Who asks for tokens there; null where nobody does.
    const Authenticator* authenticator = nullptr;
    // Both last as long as the router.
    std::string_view pattern;
    std::string_view name;
    // In the pattern's order.
    Request::Fields params;
  };

  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  // Serves `route`, called `name` in errors, at `pattern`. Two patterns are equal when they match
  // the same paths (`/chat/{room}`, `/chat/{name}`); the error names both routes. After an error
  // the router is as it was.
  absl::Status Add(std::string_view pattern, std::string_view name, Route& route,
                   const Authenticator* authenticator = nullptr);

  // Finds the route for a path (without the query), which is split at '/' first and then
  // percent-decoded segment by segment. So a parameter may have a slash in it, sent as %2F, and in
  // what `*` takes the two are not told apart any more.
  //
  // Matched by nothing: a path that is not well-formed, or that does not decode to UTF-8 without
  // NULs; and one with a segment `..` or `.`, however it is escaped, since clients resolve those
  // and only an attack sends them. A path without parameters and escapes is found without
  // allocating memory.
  Match Find(std::string_view path) const;

  struct Entry {
    std::string pattern;
    std::string name;
    const Route* route;
  };
  // All patterns in the order they were added, for the table that is printed at start.
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  struct Node;

  std::unique_ptr<Node> root_;
  std::vector<Entry> entries_;
};

}  // namespace fanfare
