// What a list of addresses stands for: one listener for each.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/net/listener.h"
#include "core/shard.h"

namespace fanfare {

using Listeners = std::vector<std::unique_ptr<Listener>>;

// Binds every address (see ParseListen) and listens, without accepting yet; of sockets that the
// service manager passes, it takes copies. What one address stands for is all at one port. Of the
// two of a name, one that this machine has not is left out: without IPv6, localhost is 127.0.0.1
// alone. The error names the address. `shards` must outlive the listeners.
absl::StatusOr<Listeners> OpenListeners(const std::vector<std::string>& addresses,
                                        const std::vector<std::unique_ptr<Shard>>& shards);

}  // namespace fanfare
