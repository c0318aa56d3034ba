#include "core/health.h"

#include <cstddef>
#include <memory>

#include "absl/strings/str_cat.h"
#include "core/shard.h"

namespace fanfare {

std::string StuckShards(const Server& server, std::chrono::seconds stuck_after) {
  std::string stuck;
  std::size_t index = 0;
  for (const std::unique_ptr<Shard>& shard : server.shard_list()) {
    const auto since = std::chrono::duration_cast<std::chrono::seconds>(shard->SinceTick());
    if (since >= stuck_after) {
      absl::StrAppend(&stuck, "shard ", index, " has not answered for ", since.count(), " s\n");
    }
    ++index;
  }
  return stuck;
}

}  // namespace fanfare
