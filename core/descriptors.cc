#include "core/descriptors.h"

#include <sys/resource.h>

#include <cstddef>

#include "absl/strings/str_cat.h"
#include "core/admin/admin_server.h"
#include "core/event_log.h"
#include "core/server.h"

namespace fanfare {
namespace {

// Descriptors that are not connections: listeners, files, what was open before; and each shard's
// event loop (three of them) and egress.
constexpr rlim_t kOtherDescriptors = 64;
constexpr rlim_t kDescriptorsPerShard = 4;
constexpr rlim_t kAdminDescriptors = AdminServer::kMaxConnections + kDescriptorsPerShard;

}  // namespace

absl::Status FitConnectionsToDescriptors(Config& config) {
  rlimit descriptors{};
  if (getrlimit(RLIMIT_NOFILE, &descriptors) != 0) return absl::OkStatus();
  descriptors.rlim_cur = descriptors.rlim_max;
  setrlimit(RLIMIT_NOFILE, &descriptors);
  if (getrlimit(RLIMIT_NOFILE, &descriptors) != 0) return absl::OkStatus();
  const rlim_t others = kOtherDescriptors + kDescriptorsPerShard * ShardCount(config.threads) +
                        (config.admin_listen.empty() ? 0 : kAdminDescriptors);
  if (descriptors.rlim_cur <= others) {
    return absl::ResourceExhaustedError(
        absl::StrCat("this process may only have ", descriptors.rlim_cur,
                     " descriptors (ulimit -n); with so many threads it needs more than ", others));
  }
  const rlim_t room = descriptors.rlim_cur - others;
  std::size_t& limit = config.limits.connections;
  if (limit > room) {
    const std::string text =
        absl::StrCat("limits.connections is ", limit, ", but this process may only have ", room,
                     " (ulimit -n): using that");
    WriteLog(LogEvent::kStarting, {.text = text, .level = LogLevel::kWarn});
  }
  if (limit == 0 || limit > room) limit = room;
  return absl::OkStatus();
}

}  // namespace fanfare
