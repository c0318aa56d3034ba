#include "core/origin.h"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
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

bool OriginPolicy::Allows(std::string_view origin, std::string_view host) const {
  if (origin.empty()) return !is_required_;
  if (allows_all_) return true;
  if (origin == "null") return allows_null_;
  const std::optional<Origin> from = Parse(origin);
  if (!from) return false;
  // The scheme is the page's: a proxy may have spoken TLS with it and not with this server.
  const std::optional<Origin> here = Parse(from->scheme + "://" + std::string(host));
  if (here && here->host == from->host && here->port == from->port) return true;
  return std::ranges::any_of(patterns_,
                             [&](const Origin& pattern) { return Fits(pattern, *from); });
}

std::optional<OriginPolicy::Origin> OriginPolicy::Parse(std::string_view text) {
  const auto url = boost::urls::parse_uri({text.data(), text.size()});
  if (!url || !url->has_authority() || url->has_userinfo() || url->encoded_host().empty() ||
      !url->encoded_path().empty() || url->has_query() || url->has_fragment()) {
    return std::nullopt;
  }
  Origin origin{.scheme = absl::AsciiStrToLower(ToAbsl(ToStd(url->scheme()))),
                .host = Normal(ToStd(url->encoded_host()))};
  origin.port = url->port().empty() ? DefaultPort(origin.scheme) : url->port_number();
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
