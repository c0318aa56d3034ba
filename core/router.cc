#include "core/router.h"

#include <algorithm>
#include <boost/url/rfc/pchars.hpp>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "core/compat.h"
#include "core/log_text.h"
#include "core/pattern.h"
#include "core/percent.h"

namespace fanfare {
namespace {

constexpr char kRestName[] = "*";

// What a pattern ends in.
struct Leaf {
  Route* route;
  const Authenticator* authenticator;
  std::string pattern;
  // Of the route, for errors.
  std::string name;
  // Of its parameters, in order; for `*` too.
  std::vector<std::string> names;
};

// What a parameter stands for, in a list that grows on the stack while the tree is searched.
struct Capture {
  std::string_view value;
  const Capture* before;
};

bool IsPathChar(char c) {
  return boost::urls::pchars(c) || c == '/' || c == '%';
}

// Whether a decoded path has a segment "." or "..".
bool HasDotSegment(std::string_view path) {
  for (std::size_t at = path.find("/."); at != std::string_view::npos;
       at = path.find("/.", at + 1)) {
    const std::string_view rest = path.substr(at + 1);
    const std::string_view segment = rest.substr(0, rest.find('/'));
    if (segment == "." || segment == "..") return true;
  }
  return false;
}

Router::Match Take(const Leaf& leaf, const Capture* captures) {
  Router::Match match{.route = leaf.route,
                      .authenticator = leaf.authenticator,
                      .pattern = leaf.pattern,
                      .name = leaf.name,
                      .params = {}};
  match.params.resize(leaf.names.size());
  // The list begins with the last parameter.
  for (std::size_t i = leaf.names.size(); i > 0; captures = captures->before) {
    --i;
    match.params[i] = {leaf.names[i], std::string(captures->value)};
  }
  return match;
}

// Text of the path, decoded. The whole path was found to be well-formed before.
class Decoded {
 public:
  explicit Decoded(std::string_view text) : view_(text) {
    if (text.find('%') == std::string_view::npos) return;
    decoded_ = PercentDecode(text).value_or("");
    view_ = decoded_;
  }
  Decoded(const Decoded&) = delete;
  Decoded& operator=(const Decoded&) = delete;

  std::string_view view() const { return view_; }

 private:
  std::string decoded_;
  std::string_view view_;
};

}  // namespace

// What may come after some beginning of a path.
struct Router::Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::unique_ptr<Node> param;
  // The patterns that end here, and that have `*` here.
  std::optional<Leaf> end;
  std::optional<Leaf> rest;

  // Finds the best pattern for what is left of a path, from the start of a segment. Every node is
  // visited once at most, so going back after a wrong turn costs no more than the tree is large.
  Match Find(std::string_view path, const Capture* captures) const {
    const std::size_t slash = path.find('/');
    const Decoded segment(path.substr(0, slash));
    const auto descend = [&](const Node& child, const Capture* taken) {
      if (slash != std::string_view::npos) return child.Find(path.substr(slash + 1), taken);
      return child.end.has_value() ? Take(*child.end, taken) : Match();
    };

    if (const auto literal = literals.find(segment.view()); literal != literals.end()) {
      if (Match match = descend(*literal->second, captures); match.route != nullptr) return match;
    }
    if (param != nullptr && !segment.view().empty()) {
      const Capture taken{.value = segment.view(), .before = captures};
      if (Match match = descend(*param, &taken); match.route != nullptr) return match;
    }
    if (!rest.has_value()) return {};
    const Decoded all(path);
    const Capture taken{.value = all.view(), .before = captures};
    return Take(*rest, &taken);
  }
};

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

absl::Status Router::Add(std::string_view pattern, std::string_view name, Route& route,
                         const Authenticator* authenticator) {
  const std::string what =
      absl::StrCat("pattern ", QuoteForLog(pattern), " of route \"", ToAbsl(name), "\"");
  const absl::StatusOr<std::vector<Segment>> segments = ParsePattern(pattern);
  if (!segments.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(what, ": ", segments.status().message()));
  }

  Leaf leaf{.route = &route,
            .authenticator = authenticator,
            .pattern = std::string(pattern),
            .name = std::string(name),
            .names = {}};
  Node* node = root_.get();
  std::optional<Leaf>* place = nullptr;
  for (const Segment& segment : *segments) {
    if (segment.kind == Segment::Kind::kRest) {
      leaf.names.emplace_back(kRestName);
      place = &node->rest;
      break;
    }
    const bool is_param = segment.kind == Segment::Kind::kParam;
    if (is_param) leaf.names.push_back(segment.text);
    std::unique_ptr<Node>& child = is_param ? node->param : node->literals[segment.text];
    if (child == nullptr) child = std::make_unique<Node>();
    node = child.get();
    place = &node->end;
  }

  if (place->has_value()) {
    const Leaf& other = **place;
    return absl::AlreadyExistsError(absl::StrCat(what, " matches the same paths as ",
                                                 QuoteForLog(other.pattern), " of route \"",
                                                 other.name, "\""));
  }
  *place = std::move(leaf);
  entries_.push_back({.pattern = std::string(pattern), .name = std::string(name), .route = &route});
  return absl::OkStatus();
}

Router::Match Router::Find(std::string_view path) const {
  if (!path.starts_with('/') || !std::ranges::all_of(path, IsPathChar)) return {};
  if (path.find('%') == std::string_view::npos) {
    if (HasDotSegment(path)) return {};
  } else {
    const std::optional<std::string> decoded = PercentDecode(path);
    if (!decoded.has_value() || HasDotSegment(*decoded)) return {};
  }
  return root_->Find(path.substr(1), nullptr);
}

}  // namespace fanfare
