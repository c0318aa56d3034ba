#include "core/admin/access.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/compat.h"
#include "core/dispatch.h"
#include "core/foreign_page.h"
#include "core/log_text.h"

namespace fanfare {
namespace {

constexpr std::size_t kMaxShownBytes = 64;

}  // namespace

std::optional<Response> AdminAccess::Refuse(const Request& request) const {
  const HostName host = HostName::Of(request);
  const bool is_ours = host.is_address() || host.is_localhost() ||
                       std::ranges::any_of(hosts_, [&](const std::string& name) {
                         return absl::EqualsIgnoreCase(name, ToAbsl(host.name()));
                       });
  if (!is_ours) {
    return Refusal(403, absl::StrCat("Host: ", QuoteForLog(host.name(), kMaxShownBytes),
                                     " is not an IP address, localhost or a name in the setting "
                                     "\"admin.hosts\""));
  }
  if (request.method == "GET" || request.method == "HEAD") return std::nullopt;
  if (IsFromForeignPage(request)) return Refusal(403, "pages of other sites may not come in");
  if (!request.HasJson()) return Refusal(415, "Content-Type: expected application/json");
  return std::nullopt;
}

}  // namespace fanfare
