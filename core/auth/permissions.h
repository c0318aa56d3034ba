// Which rooms somebody may use, and for what.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace fanfare {

// A set of rooms: "tea" is that one, "team-*" all whose names begin with "team-", "*" all.
//
// Thread: any. Immutable.
class RoomPatterns {
 public:
  struct Pattern {
    // A name, or what names begin with.
    std::string text;
    bool is_prefix = false;

    bool Fits(std::string_view room) const {
      return is_prefix ? room.starts_with(text) : room == text;
    }
  };

  // No room.
  RoomPatterns() = default;
  static RoomPatterns All();
  // The error says what is wrong with a pattern: it is empty, or has a `*` before its end.
  static absl::StatusOr<RoomPatterns> Make(const std::vector<std::string>& patterns);

  bool Has(std::string_view room) const;
  bool has_all() const { return has_all_; }
  // In the order of the rooms that they stand for; no room fits two of them. Of all rooms, it is
  // the empty prefix.
  std::span<const Pattern> patterns() const;

 private:
  bool has_all_ = false;
  // None if it has all.
  std::vector<Pattern> patterns_;
};

// What somebody may do, and where. Unless a token says otherwise: all, everywhere.
struct Permissions {
  RoomPatterns join = RoomPatterns::All();
  RoomPatterns publish = RoomPatterns::All();
  RoomPatterns list = RoomPatterns::All();
};

}  // namespace fanfare
