#include "core/server.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/compat.h"
#include "core/json_text.h"
#include "core/task_timer.h"
#include "spdlog/spdlog.h"

namespace fanfare {
namespace {

using Clock = std::chrono::steady_clock;

// The time within which the peers of a server that stops should come back: a second, and more if
// there are many.
constexpr std::chrono::milliseconds kLeastRetrySpread{1000};
constexpr std::chrono::milliseconds kRetryTimeEach{1};

// Counts down to zero, and wakes who waits for that. Shared with the shards, because a task of one
// that is stuck may run after the wait has ended.
class Countdown {
 public:
  explicit Countdown(std::size_t count) : count_(count) {}

  void Done() {
    const std::lock_guard lock(mutex_);
    if (--count_ == 0) zero_.notify_all();
  }
  void WaitUntil(Clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    zero_.wait_until(lock, deadline, [this] { return count_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable zero_;
  std::size_t count_;
};

// The error names the file, if there is one.
absl::StatusOr<RouteTable> MakeRoutes(const Config& config, const RegisterRoute* linked,
                                      decltype(RouteTable::Services::after) after) {
  const std::size_t log_bytes = config.limits.log_bytes;
  RouteTable::Services services = {
      .make_channel =
          [log_bytes](std::string name, SlowReaders slow_readers, ChannelSettings wanted) {
            return std::make_shared<Channel>(std::move(name),
                                             Channel::Settings{.log_bytes = log_bytes,
                                                               .slow_readers = slow_readers,
                                                               .history = wanted.history,
                                                               .format = wanted.format});
          },
      .after = std::move(after),
  };
  auto routes = RouteTable::Build(config, std::move(services), linked);
  if (routes.ok()) return routes;
  return absl::Status(routes.status().code(),
                      AtPath(config.file, ToStd(routes.status().message())));
}

}  // namespace

std::size_t ShardCount(int threads) {
  if (threads > 0) return static_cast<std::size_t>(threads);
  return std::max(1U, std::thread::hardware_concurrency());
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const Config& config, Parts parts) {
  auto timer = std::make_shared<TaskTimer>();
  auto routes = MakeRoutes(config, parts.routes,
                           [timer](std::chrono::milliseconds delay, std::function<void()> task) {
                             timer->After(delay, std::move(task));
                           });
  if (!routes.ok()) return routes.status();
  const std::size_t count = ShardCount(config.threads);
  absl::StatusOr<Egresses> egresses = Egresses();
  if (parts.make_egress == nullptr) {
    egresses = MakeEgresses(config.egress, count);
  } else {
    while (egresses->size() < count) egresses->push_back(parts.make_egress());
  }
  if (!egresses.ok()) return egresses.status();
  std::unique_ptr<Server> server(
      new Server(config, *std::move(routes), *std::move(egresses), parts.is_free_address));
  absl::StatusOr<Listeners> listeners = OpenListeners(config.listen, server->shards_);
  if (!listeners.ok()) return listeners.status();
  server->listeners_ = *std::move(listeners);
  for (const auto& listener : server->listeners_) listener->Accept();
  for (const auto& shard : server->shards_) {
    if (absl::Status status = shard->Start(); !status.ok()) return status;
  }
  server->running_ = true;
  timer->Start(*server->shards_.front());
  return server;
}

absl::Status Server::Check(const Config& config, const RegisterRoute* routes) {
  // What the routes put off never comes to run.
  return MakeRoutes(config, routes, [](auto...) {}).status();
}

Server::Server(const Config& config, RouteTable routes, Egresses egresses,
               AddressLimits::IsFree is_free_address)
    : shutdown_time_(config.limits.shutdown_time),
      routes_(std::move(routes)),
      addresses_(config.limits, is_free_address) {
  for (auto& egress : egresses) {
    shards_.push_back(
        std::make_unique<Shard>(config, routes_.router(), addresses_, std::move(egress)));
  }
}

Server::~Server() {
  Stop();
}

std::vector<Endpoint> Server::endpoints() const {
  std::vector<Endpoint> endpoints;
  for (const auto& listener : listeners_) endpoints.push_back(listener->endpoint());
  return endpoints;
}

std::size_t Server::Stop() {
  // Where nothing could be listened on, no loop runs that would answer.
  if (!std::exchange(running_, false)) return 0;
  draining_ = true;
  const Clock::time_point deadline = Clock::now() + shutdown_time_;
  // Nobody comes in any more.
  OnEveryShard(
      [this](Shard& shard, Done done) {
        if (&shard == shards_.front().get()) {
          for (const auto& listener : listeners_) listener->Close();
        }
        done();
      },
      deadline);
  // Nothing more is published; when all shards have done this, each knows of all that was.
  OnEveryShard(
      [](Shard& shard, Done done) {
        shard.StopReading();
        done();
      },
      deadline);
  // Those who come back do so at about the rate at which they can be taken in.
  const Shard::DrainPlan plan = {
      .deadline = deadline,
      .retry_spread = kLeastRetrySpread + open_connections() * kRetryTimeEach,
  };
  OnEveryShard([plan](Shard& shard, Done done) { shard.Drain(plan, std::move(done)); }, deadline);
  const std::size_t cut = open_connections();
  for (const auto& shard : shards_) shard->StopAndJoin();
  return cut;
}

void Server::OnEveryShard(const std::function<void(Shard&, Done)>& task,
                          Clock::time_point deadline) {
  auto countdown = std::make_shared<Countdown>(shards_.size());
  for (const auto& shard : shards_) {
    shard->Post(
        [&shard = *shard, task, countdown] { task(shard, [countdown] { countdown->Done(); }); });
  }
  countdown->WaitUntil(deadline);
}

std::vector<std::pair<std::string_view, std::uint64_t>> Server::Counters() const {
  std::vector<std::pair<std::string_view, std::uint64_t>> counters;
  for (const auto& counter : kCounters) {
    std::uint64_t sum = 0;
    for (const auto& shard : shards_) sum += (shard->stats().*counter.member).value();
    counters.emplace_back(counter.name, sum);
  }
  return counters;
}

std::uint64_t Server::CounterOf(std::string_view name) const {
  for (const auto& [counter, value] : Counters()) {
    if (counter == name) return value;
  }
  return 0;
}

std::size_t Server::open_connections() const {
  std::size_t open = 0;
  for (const auto& shard : shards_) open += shard->open_connections().count();
  return open;
}

}  // namespace fanfare
