// The server: listeners, shards, start, drain, stop.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "core/access/address_group.h"
#include "core/access/address_limits.h"
#include "core/config.h"
#include "core/drain.h"
#include "core/endpoint.h"
#include "core/fanout/egress.h"
#include "core/generation.h"
#include "core/listeners.h"
#include "core/route.h"
#include "core/shard.h"
#include "core/task_timer.h"

namespace fanfare {

// How many shards the setting `threads` asks for.
std::size_t ShardCount(int threads);

// A running server.
//
// Thread: one thread starts and stops it; the shards are threads of its own.
class Server {
 public:
  // What tests exchange.
  struct Parts {
    const RegisterRoute* routes = RegisterRoute::first();
    // Null: as configured.
    std::function<std::unique_ptr<Egress>()> make_egress = nullptr;
    // Which addresses are not limited.
    AddressLimits::IsFree is_free_address = IsLoopback;
  };

  // Makes the routes, binds all addresses and begins to serve. The error is one line for a person:
  // a setting's JSON path or an address, and what is wrong with it.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const Config& config, Parts parts);
  static absl::StatusOr<std::unique_ptr<Server>> Start(const Config& config) {
    return Start(config, Parts());
  }
  // Puts another configuration in place of the one that it has: as a whole, or not at all. The
  // error says what is wrong with it, or names each setting that is another and can not change
  // while the server runs: `threads`, `egress` and `log.format`.
  //
  // Who comes from now on has the new routes and limits. Sessions keep the limits that they have,
  // and channels their `limits.log_bytes`. A route whose settings are what they were goes on as it
  // is, with its sessions; those of others are closed with 1012 and told when to come back, and cut
  // after `limits.shutdown_seconds`. Listeners whose addresses are in both are not touched; where
  // only TLS or the way to write an address is another, whoever connects meanwhile waits. The rest
  // of `log`, and `admin`, are for the caller.
  //
  // Returns when all shards have the new one, or after some seconds: one that is stuck takes it
  // when it goes on, and only then are those accepted who come by an address that is new; a line in
  // the log says so. Thread: the one that started it.
  absl::Status Reload(const Config& config);
  // Counts one that was refused before Reload was asked.
  void CountRefusedReload() { reloads_refused_.fetch_add(1); }

  // Finds what is wrong with a configuration as Start would, but listens to nothing.
  static absl::StatusOr<SharedGeneration> Check(
      const Config& config, const RegisterRoute* linked = RegisterRoute::first());
  // Stops.
  ~Server();

  // Where it listens, with the ports that were chosen for port 0. Any thread.
  std::vector<Endpoint> endpoints() const;
  // The same as URLs without a path. Any thread.
  std::vector<std::string> urls() const;
  // The first of them.
  Endpoint endpoint() const { return endpoints().front(); }

  // What it has now. Any thread.
  SharedGeneration generation() const;
  // How many configurations were put in place after the first, and how many were refused. Any
  // thread.
  std::uint64_t reloads() const { return reloads_.load(); }
  std::uint64_t reloads_refused() const { return reloads_refused_.load(); }
  std::size_t shards() const { return shards_.size(); }
  const std::vector<std::unique_ptr<Shard>>& shard_list() const { return shards_; }
  std::string_view egress() const { return shards_.front()->fanout().egress().name(); }

  // Stops accepting, sends what is queued, closes the sessions with 1012 and waits until they are
  // gone, for `limits.shutdown_seconds` at most. Returns how many connections it had to cut. When a
  // shard is stuck, those of the others are closed all the same; it is waited for until it goes on.
  std::size_t Stop();

  // Whether Stop was called. Any thread.
  bool draining() const { return draining_.load(); }
  std::chrono::system_clock::time_point start_time() const { return start_time_; }

  // The counters of stats.h, added up over the shards. Any thread.
  std::vector<std::pair<std::string_view, std::uint64_t>> Counters() const;
  // One of them by its name; 0 for a name that there is not.
  std::uint64_t CounterOf(std::string_view name) const;
  std::size_t open_connections() const;

 private:
  using Egresses = std::vector<std::unique_ptr<Egress>>;
  Server(const Config& config, const Parts& parts);

  absl::Status TryReload(const Config& config);
  DrainPlan PlanDrain(const Limits& limits) const;

  // Closes them, and waits until all who were accepted have been given to their shards, or the
  // deadline has passed.
  void CloseListeners(const Listeners& listeners, std::chrono::steady_clock::time_point deadline);

  const std::chrono::system_clock::time_point start_time_ = std::chrono::system_clock::now();
  const RegisterRoute* const linked_;
  // What routes need of the server, of this generation and later ones.
  const std::shared_ptr<TaskTimer> timer_ = std::make_shared<TaskTimer>();
  const std::shared_ptr<std::atomic<std::size_t>> log_bytes_;
  AddressLimits addresses_;
  // Held for what a reload changes and any thread may ask for.
  mutable std::mutex mutex_;
  SharedGeneration generation_;
  std::atomic<std::uint64_t> reloads_{0};
  std::atomic<std::uint64_t> reloads_refused_{0};
  std::vector<std::unique_ptr<Shard>> shards_;
  Listeners listeners_;
  bool running_ = false;
  std::atomic<bool> draining_{false};
};

}  // namespace fanfare
