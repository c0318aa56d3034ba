#include "routes/chat/paths.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "core/compat.h"

namespace fanfare::chat {
namespace {

struct End {
  std::string_view text;
  Part part;
  bool has_room;
};
constexpr std::array kEnds = {
    End{"/events", Part::kEvents, true},
    End{"/messages", Part::kMessages, true},
    End{"/members", Part::kMembers, true},
    End{"/rooms", Part::kRooms, false},
};

}  // namespace

absl::StatusOr<Part> PartAt(std::string_view pattern) {
  const auto* const end =
      std::ranges::find_if(kEnds, [&](const End& each) { return pattern.ends_with(each.text); });
  if (end == kEnds.end()) return Part::kChat;
  const bool has_room = pattern.find("/{room}/") != std::string_view::npos;
  if (has_room == end->has_room) return end->part;
  return absl::InvalidArgumentError(
      absl::StrCat("pattern \"", ToAbsl(pattern), "\" must ", has_room ? "not " : "",
                   "have a {room}, because it ends in \"", ToAbsl(end->text), "\""));
}

absl::Status CheckPatterns(const std::vector<std::string>& patterns) {
  for (const std::string& pattern : patterns) {
    if (const auto part = PartAt(pattern); !part.ok()) return part.status();
  }
  return absl::OkStatus();
}

}  // namespace fanfare::chat
