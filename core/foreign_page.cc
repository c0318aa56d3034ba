#include "core/foreign_page.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/match.h"
#include "core/compat.h"

namespace fanfare {
namespace {

// Whether an Origin header is that of a page which this server itself could have given.
bool IsOwnOrigin(std::string_view origin, std::string_view host) {
  const std::size_t scheme = origin.find("://");
  return scheme != std::string_view::npos &&
         absl::EqualsIgnoreCase(ToAbsl(origin.substr(scheme + 3)), ToAbsl(host));
}

bool HasHeader(const Request& request, const char* name) {
  return std::ranges::any_of(request.headers, [&](const auto& header) {
    return absl::EqualsIgnoreCase(header.first, name);
  });
}

}  // namespace

HostName HostName::Of(const Request& request) {
  std::string_view text = request.Header("Host");
  const bool in_brackets = text.starts_with('[');
  const std::size_t end = in_brackets ? text.find(']') : text.find(':');
  HostName host;
  if (in_brackets && end == std::string_view::npos) return host;
  if (in_brackets) text.remove_prefix(1);
  host.name_ = std::string(text.substr(0, in_brackets ? end - 1 : end));
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(host.name_, error);
  if (!error && address.is_v6() == in_brackets) host.address_ = address;
  return host;
}

bool HostName::is_localhost() const {
  return absl::EqualsIgnoreCase(name_, "localhost");
}

bool IsFromForeignPage(const Request& request) {
  if (HasHeader(request, "Origin") &&
      !IsOwnOrigin(request.Header("Origin"), request.Header("Host"))) {
    return true;
  }
  const std::string_view site = request.Header("Sec-Fetch-Site");
  return !site.empty() && site != "same-origin" && site != "none";
}

}  // namespace fanfare
