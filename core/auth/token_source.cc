#include "core/auth/token_source.h"

#include <optional>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "core/compat.h"

namespace fanfare {
namespace {

constexpr std::string_view kScheme = "Bearer ";
constexpr std::string_view kSubprotocol = "bearer.";

std::string_view Strip(std::string_view text) {
  return ToStd(absl::StripAsciiWhitespace(ToAbsl(text)));
}

// What was found so far.
class Finder {
 public:
  void Add(const ShownToken& shown) {
    if (!found_) {
      found_ = shown;
      return;
    }
    if (found_->token != shown.token) differ_ = true;
    found_->is_from_cookie &= shown.is_from_cookie;
    if (found_->subprotocol.empty()) found_->subprotocol = shown.subprotocol;
  }

  absl::StatusOr<ShownToken> Take() const {
    if (!found_) return absl::NotFoundError("a token is needed here, and there is none");
    if (differ_) {
      return absl::InvalidArgumentError(
          "there are several tokens; expected one, in the Authorization header, a subprotocol or "
          "a cookie");
    }
    return *found_;
  }

 private:
  std::optional<ShownToken> found_;
  bool differ_ = false;
};

void FindInSubprotocols(std::string_view list, Finder& finder) {
  for (const absl::string_view each : absl::StrSplit(ToAbsl(list), ',')) {
    const std::string_view subprotocol = Strip(ToStd(each));
    if (!subprotocol.starts_with(kSubprotocol)) continue;
    finder.Add({.token = subprotocol.substr(kSubprotocol.size()), .subprotocol = subprotocol});
  }
}

// RFC 6265 section 4.2.1.
void FindInCookies(std::string_view list, std::string_view name, Finder& finder) {
  for (const absl::string_view each : absl::StrSplit(ToAbsl(list), ';')) {
    const std::string_view cookie = Strip(ToStd(each));
    const std::size_t equals = cookie.find('=');
    if (equals == std::string_view::npos || cookie.substr(0, equals) != name) continue;
    std::string_view value = cookie.substr(equals + 1);
    if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"')) {
      value = value.substr(1, value.size() - 2);
    }
    finder.Add({.token = value, .is_from_cookie = true});
  }
}

}  // namespace

absl::StatusOr<ShownToken> FindToken(const Request& request, std::string_view cookie) {
  Finder finder;
  for (const auto& [name, value] : request.headers) {
    if (absl::EqualsIgnoreCase(name, "Authorization")) {
      if (!absl::StartsWithIgnoreCase(value, ToAbsl(kScheme))) continue;
      finder.Add({.token = Strip(std::string_view(value).substr(kScheme.size()))});
    } else if (absl::EqualsIgnoreCase(name, "Sec-WebSocket-Protocol")) {
      FindInSubprotocols(value, finder);
    } else if (!cookie.empty() && absl::EqualsIgnoreCase(name, "Cookie")) {
      FindInCookies(value, cookie, finder);
    }
  }
  return finder.Take();
}

}  // namespace fanfare
