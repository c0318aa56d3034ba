#include "core/origin.h"

#include <algorithm>
#include <boost/url/authority_view.hpp>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/compat.h"
#include "core/json_text.h"
#include "core/log_text.h"

namespace fanfare {
namespace {

constexpr std::uint16_t kHttpPort = 80;
constexpr std::uint16_t kHttpsPort = 443;

// The port of a URL that names none.
std::uint16_t DefaultPort(std::string_view scheme) {
  if (scheme == "http") return kHttpPort;
  if (scheme == "https") return kHttpsPort;
  return 0;
}

// RFC 3986 section 3.1.
bool IsScheme(std::string_view text) {
  return !text.empty() && absl::ascii_isalpha(text.front()) &&
         std::ranges::all_of(text, [](char c) {
           return absl::ascii_isalnum(c) || c == '+' || c == '-' || c == '.';
         });
}

// In lower case, and without the dot at its end that a full domain name may have.
std::string Normal(std::string_view host) {
  std::string normal = absl::AsciiStrToLower(ToAbsl(host));
  if (normal.ends_with('.')) normal.pop_back();
  return normal;
}

}  // namespace

absl::StatusOr<OriginPolicy> OriginPolicy::Make(std::vector<std::string> allowed, bool required) {
  OriginPolicy policy;
  policy.is_required_ = required;
  for (std::size_t i = 0; i < allowed.size(); ++i) {
    if (allowed[i] == "*") {
      policy.allows_all_ = true;
    } else if (allowed[i] == "null") {
      policy.allows_null_ = true;
    } else if (std::optional<Origin> origin = Parse(allowed[i])) {
      if (origin->host.starts_with("*.")) origin->host.erase(0, 1);
      policy.patterns_.push_back(*std::move(origin));
    } else {
      return absl::InvalidArgumentError(
          absl::StrCat(ElementPath("", i), ": ", QuoteForLog(allowed[i]),
                       R"(: expected an origin such as https://example.com or )"
                       R"(https://*.example.com, without a path, or "*", or "null")"));
    }
  }
  policy.allowed_ = std::move(allowed);
  return policy;
}

bool OriginPolicy::Allows(std::string_view origin, std::string_view host, bool is_tls) const {
  if (origin.empty()) return !is_required_;
  if (allows_all_) return true;
  if (origin == "null") return allows_null_;
  const std::optional<Origin> from = Parse(origin);
  if (!from) return false;
  // The scheme is the page's: a proxy may have spoken TLS with it and not with this server.
  const std::optional<Origin> here = Parse(from->scheme + "://" + std::string(host));
  const bool may_be_own = !is_tls || from->scheme == "https";
  if (may_be_own && here && here->host == from->host && here->port == from->port) return true;
  return std::ranges::any_of(patterns_,
                             [&](const Origin& pattern) { return Fits(pattern, *from); });
}

// A scheme, a host and perhaps a port (RFC 6454 section 7.1), which is less than a URL:
// Boost.URL 1.81 ends the process at some texts that are none, such as "a:<" (boostorg/url, issue
// 665).
std::optional<OriginPolicy::Origin> OriginPolicy::Parse(std::string_view text) {
  constexpr std::string_view kSeparator = "://";
  const std::size_t scheme_end = text.find(kSeparator);
  if (scheme_end == std::string_view::npos || !IsScheme(text.substr(0, scheme_end))) {
    return std::nullopt;
  }
  const std::string_view rest = text.substr(scheme_end + kSeparator.size());
  const auto authority = boost::urls::parse_authority({rest.data(), rest.size()});
  if (!authority || authority->has_userinfo() || authority->encoded_host().empty()) {
    return std::nullopt;
  }
  Origin origin{.scheme = absl::AsciiStrToLower(ToAbsl(text.substr(0, scheme_end))),
                .host = Normal(ToStd(authority->encoded_host()))};
  origin.port = authority->port().empty() ? DefaultPort(origin.scheme) : authority->port_number();
  // A star that does not stand for whole labels in front means nothing.
  const std::string_view fixed =
      std::string_view(origin.host).substr(origin.host.starts_with("*.") ? 2 : 0);
  if (fixed.empty() || fixed.find('*') != std::string_view::npos) return std::nullopt;
  return origin;
}

bool OriginPolicy::Fits(const Origin& pattern, const Origin& origin) {
  if (pattern.scheme != origin.scheme || pattern.port != origin.port) return false;
  if (!pattern.host.starts_with('.')) return pattern.host == origin.host;
  return origin.host.size() > pattern.host.size() && origin.host.ends_with(pattern.host);
}

}  // namespace fanfare
