#include "routes/chat/api_access.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "core/compat.h"
#include "core/foreign_page.h"
#include "routes/chat/http.h"
#include "routes/chat/secrets.h"

namespace fanfare::chat {
namespace {

constexpr std::string_view kScheme = "Bearer ";

Response Unauthorized(std::string_view message) {
  Response response = ErrorAnswer(401, "unauthorized", message);
  response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

bool IsPassedOn(const Request& request) {
  return std::ranges::any_of(request.headers, [](const auto& header) {
    constexpr std::array kNames = {"Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"};
    return std::ranges::any_of(
        kNames, [&](const char* name) { return absl::EqualsIgnoreCase(header.first, name); });
  });
}

}  // namespace

ApiAccess::ApiAccess(std::vector<std::string> keys, bool is_loopback_only)
    : keys_(std::move(keys)), is_loopback_only_(is_loopback_only) {}

std::optional<Response> ApiAccess::Refuse(const Request& request) const {
  if (request.identity != nullptr) return std::nullopt;
  if (!keys_.empty()) {
    if (HasKey(request)) return std::nullopt;
    return Unauthorized("the header \"Authorization: Bearer KEY\" must have a key of this server");
  }
  if (!is_loopback_only_ || !request.peer.address().is_loopback() || IsPassedOn(request)) {
    return Unauthorized(
        "without keys, this interface answers only this machine, and only if the server listens at "
        "loopback addresses only: set options.api.keys of the route \"chat\"");
  }
  const HostName host = HostName::Of(request);
  if (!host.is_localhost() && !host.is_loopback()) {
    return ErrorAnswer(403, "forbidden",
                       "without keys, the Host header must be localhost or a loopback address");
  }
  if (IsFromForeignPage(request)) {
    return ErrorAnswer(403, "forbidden", "without keys, pages of other sites may not come in");
  }
  return std::nullopt;
}

bool ApiAccess::IsKey(std::string_view text) {
  constexpr std::string_view kMarks = "-._~+/=";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           kMarks.find(c) != std::string_view::npos;
  });
}

bool ApiAccess::HasKey(const Request& request) const {
  std::string_view value = request.Header("Authorization");
  if (!absl::StartsWithIgnoreCase(ToAbsl(value), ToAbsl(kScheme))) return false;
  value.remove_prefix(std::min(value.find_first_not_of(' ', kScheme.size()), value.size()));
  // All of them, so that the time does not tell which it was.
  bool has_key = false;
  for (const std::string& key : keys_) has_key |= IsSameSecret(key, value);
  return has_key;
}

}  // namespace fanfare::chat
