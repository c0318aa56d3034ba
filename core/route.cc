#include "core/route.h"

#include <utility>

#include "absl/status/status.h"

namespace fanfare {

absl::StatusOr<std::unique_ptr<Handler>> Route::Open(Session&) {
  return absl::UnimplementedError("this path speaks no WebSocket");
}

Route::Service Route::ServiceAt(std::string_view) const {
  return {.has_websocket = has_websocket(), .http_methods = http_methods()};
}

std::vector<GroupInfo> Route::GroupsAfter(const std::string&, std::size_t) const {
  return {};
}

void Handler::OnPeerClosed(CloseCode) {}

void Handler::OnMissed(std::string_view, std::uint64_t) {}

void Handler::OnSendsTooFast(std::string_view, std::chrono::milliseconds) {}

void Handler::OnTokenExpiring(std::chrono::milliseconds) {}

bool Route::HasOwnKey(const Request&) const {
  return false;
}

Response Route::Answer(const Request&) {
  return {.status = 501, .body = "this path answers no plain HTTP requests\n", .headers = {}};
}

constinit const RegisterRoute* RegisterRoute::first_ = nullptr;

RegisterRoute::RegisterRoute(const char* name, std::initializer_list<const char*> patterns,
                             RouteFactory make, const RegisterRoute*& head) noexcept
    : name_(name), factory_(make), next_(std::exchange(head, this)) {
  for (const char* pattern : patterns) {
    if (pattern_count_ == kMaxPatterns) {
      has_too_many_patterns_ = true;
      break;
    }
    patterns_[pattern_count_++] = pattern;
  }
}

std::vector<std::string> RegisterRoute::patterns() const {
  return {patterns_.begin(), patterns_.begin() + pattern_count_};
}

}  // namespace fanfare
