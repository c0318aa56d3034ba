#include "core/auth/permissions.h"

#include <algorithm>

#include "absl/status/status.h"

namespace fanfare {

RoomPatterns RoomPatterns::All() {
  RoomPatterns all;
  all.has_all_ = true;
  return all;
}

absl::StatusOr<RoomPatterns> RoomPatterns::Make(const std::vector<std::string>& patterns) {
  RoomPatterns made;
  for (const std::string& pattern : patterns) {
    if (pattern.empty()) return absl::InvalidArgumentError("a pattern is empty");
    const std::size_t star = pattern.find('*');
    if (star == std::string::npos) {
      made.names_.push_back(pattern);
    } else if (star + 1 != pattern.size()) {
      return absl::InvalidArgumentError("a pattern has a * before its end");
    } else if (star == 0) {
      made.has_all_ = true;
    } else {
      made.prefixes_.push_back(pattern.substr(0, star));
    }
  }
  return made;
}

bool RoomPatterns::Has(std::string_view room) const {
  return has_all_ || std::ranges::find(names_, room) != names_.end() ||
         std::ranges::any_of(
             prefixes_, [room](const std::string& prefix) { return room.starts_with(prefix); });
}

}  // namespace fanfare
