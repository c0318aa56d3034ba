#include "core/admin/access.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/compat.h"
#include "core/foreign_page.h"
#include "core/log_text.h"

namespace fanfare {
namespace {

constexpr std::size_t kMaxShownBytes = 64;

}  // namespace

std::optional<AdminAccess::Denial> AdminAccess::Refuse(const Request& request) const {
  const HostName host = HostName::Of(request);
  const bool is_ours = host.is_address() || host.is_localhost() ||
                       std::ranges::any_of(hosts_, [&](const std::string& name) {
                         return absl::EqualsIgnoreCase(name, ToAbsl(host.name()));
                       });
  if (!is_ours) {
    return Denial{.status = 403,
                  .why = absl::StrCat("Host: ", QuoteForLog(host.name(), kMaxShownBytes),
                                      " is not an IP address, localhost or a name in the setting "
                                      "\"admin.hosts\"")};
  }
  if (request.method == "GET" || request.method == "HEAD") return std::nullopt;
  if (IsFromForeignPage(request)) {
    return Denial{.status = 403, .why = "pages of other sites may not come in"};
  }
  if (!request.HasJson()) {
    return Denial{.status = 415, .why = "Content-Type: expected application/json"};
  }
  return std::nullopt;
}

}  // namespace fanfare
