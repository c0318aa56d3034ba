#include "core/auth/permissions.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "absl/status/status.h"

namespace fanfare {

RoomPatterns RoomPatterns::All() {
  RoomPatterns all;
  all.has_all_ = true;
  return all;
}

absl::StatusOr<RoomPatterns> RoomPatterns::Make(const std::vector<std::string>& patterns) {
  std::vector<Pattern> all;
  for (const std::string& pattern : patterns) {
    if (pattern.empty()) return absl::InvalidArgumentError("a pattern is empty");
    const std::size_t star = pattern.find('*');
    const bool is_prefix = star != std::string::npos;
    if (is_prefix && star + 1 != pattern.size()) {
      return absl::InvalidArgumentError("a pattern has a * before its end");
    }
    all.push_back({.text = pattern.substr(0, star), .is_prefix = is_prefix});
  }
  // What begins with a prefix follows it.
  std::ranges::sort(all, {}, [](const Pattern& pattern) {
    return std::pair<std::string_view, bool>(pattern.text, !pattern.is_prefix);
  });
  RoomPatterns made;
  for (Pattern& pattern : all) {
    std::vector<Pattern>& kept = made.patterns_;
    if (kept.empty() || !kept.back().Fits(pattern.text)) kept.push_back(std::move(pattern));
  }
  if (!made.patterns_.empty() && made.patterns_.front().text.empty()) return All();
  return made;
}

bool RoomPatterns::Has(std::string_view room) const {
  if (has_all_) return true;
  // Only the last one that is not behind the room may fit.
  const auto behind = std::ranges::upper_bound(
      patterns_, room, {}, [](const Pattern& pattern) { return std::string_view(pattern.text); });
  return behind != patterns_.begin() && std::prev(behind)->Fits(room);
}

std::span<const RoomPatterns::Pattern> RoomPatterns::patterns() const {
  static const Pattern kAny = {.text = "", .is_prefix = true};
  return has_all_ ? std::span(&kAny, 1) : std::span(patterns_);
}

}  // namespace fanfare
