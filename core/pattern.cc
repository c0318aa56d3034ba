#include "core/pattern.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/utf8.h"

namespace fanfare {
namespace {

// No path has more segments that mean something, and Find goes down one call for each.
constexpr std::size_t kMaxSegments = 32;

absl::Status Error(std::string_view problem) {
  return absl::InvalidArgumentError(std::string(problem));
}

bool IsName(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-';
  });
}

// What keeps a segment from being a literal; empty when nothing does.
std::string_view LiteralProblem(std::string_view text) {
  if (text == "." || text == "..") return "clients resolve . and .. before they send a path";
  for (const char c : text) {
    switch (c) {
      case '{':
      case '}':
        return "a parameter must be a whole segment, as in /chat/{room}";
      case '*':
        return "* must be a whole segment, and the last one";
      case '%':
        return "% is not decoded here; write the character itself";
      case '?':
      case '#':
        return "a pattern is for the path only, and ? and # are never part of that";
      default:
        if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) return "a control character";
    }
  }
  return IsUtf8(text) ? "" : "not UTF-8";
}

absl::StatusOr<Segment> ParseSegment(std::string_view text) {
  if (text == "*") return Segment{Segment::Kind::kRest, ""};
  const bool in_braces = text.size() >= 2 && text.front() == '{' && text.back() == '}';
  const std::string_view inside = in_braces ? text.substr(1, text.size() - 2) : text;
  if (in_braces && inside.find_first_of("{}") == std::string_view::npos) {
    if (IsName(inside)) return Segment{Segment::Kind::kParam, std::string(inside)};
    return Error("a parameter's name consists of letters, digits, _ and -");
  }
  if (std::ranges::count(text, '{') != std::ranges::count(text, '}')) {
    return Error("{ and } do not match");
  }
  if (const std::string_view problem = LiteralProblem(text); !problem.empty()) {
    return Error(problem);
  }
  return Segment{Segment::Kind::kLiteral, std::string(text)};
}

// What keeps a segment from following those before it; empty when nothing does.
std::string OrderProblem(const std::vector<Segment>& before, const Segment& next) {
  if (before.empty()) return "";
  const Segment& last = before.back();
  if (last.kind == Segment::Kind::kRest) return "* must be the last segment";
  if (last.kind == Segment::Kind::kLiteral && last.text.empty()) return "two slashes in a row";
  const bool repeated =
      next.kind == Segment::Kind::kParam && std::ranges::any_of(before, [&](const Segment& other) {
        return other.kind == next.kind && other.text == next.text;
      });
  return repeated ? absl::StrCat("two parameters have the name ", next.text) : "";
}

}  // namespace

absl::StatusOr<std::vector<Segment>> ParsePattern(std::string_view pattern) {
  if (!pattern.starts_with('/')) return Error("a pattern must start with a slash");
  std::vector<Segment> segments;
  while (!pattern.empty()) {
    pattern.remove_prefix(1);
    const std::string_view text = pattern.substr(0, pattern.find('/'));
    pattern.remove_prefix(text.size());

    absl::StatusOr<Segment> segment = ParseSegment(text);
    if (!segment.ok()) return segment.status();
    if (const std::string problem = OrderProblem(segments, *segment); !problem.empty()) {
      return Error(problem);
    }
    if (segments.size() == kMaxSegments) {
      return Error(absl::StrCat("more than ", kMaxSegments, " segments"));
    }
    segments.push_back(*std::move(segment));
  }
  return segments;
}

}  // namespace fanfare
