#include "core/server.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <span>
#include <thread>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/compat.h"
#include "core/event_log.h"
#include "core/every_shard.h"
#include "core/json_text.h"
#include "core/route_table.h"
#include "core/tls_config.h"

namespace fanfare {
namespace {

using Clock = std::chrono::steady_clock;

// The time within which the peers that a server lets go should come back: a second, and more if
// there are many.
constexpr std::chrono::milliseconds kLeastRetrySpread{1000};
constexpr std::chrono::milliseconds kRetryTimeEach{1};

// How long a reload waits for shards, which take it between two turns: longer than one that is well
// could need.
constexpr std::chrono::seconds kAdoptTime{5};

RouteTable::Services ServicesOf(std::shared_ptr<TaskTimer> timer,
                                std::shared_ptr<const std::atomic<std::size_t>> log_bytes) {
  return {
      .make_channel =
          [log_bytes](std::string_view route, std::string name, SlowReaders slow_readers,
                      ChannelSettings wanted) {
            return std::make_shared<Channel>(std::move(name),
                                             Channel::Settings{.log_bytes = log_bytes->load(),
                                                               .slow_readers = slow_readers,
                                                               .history = wanted.history,
                                                               .format = wanted.format,
                                                               .route = route});
          },
      .after = [timer](std::chrono::milliseconds delay,
                       std::function<void()> task) { timer->After(delay, std::move(task)); },
  };
}

// The configuration is said to be in place all the same.
void TellLate(const std::vector<std::size_t>& shards, const std::vector<std::string>& urls) {
  const std::string numbers = absl::StrJoin(shards, ", ");
  const std::string addresses = absl::StrJoin(urls, ", ");
  std::string text =
      absl::StrCat("stuck, and without the new configuration until they go on: shard ", numbers);
  if (!urls.empty()) absl::StrAppend(&text, "; until then, nobody is accepted at ", addresses);
  WriteLog(LogEvent::kReloading, {.text = text,
                                  .fields = {{"shards", numbers}, {"addresses", addresses}},
                                  .level = LogLevel::kWarn});
}

// Of the linked routes, in order.
std::vector<std::string_view> NamesOf(const RegisterRoute* linked) {
  std::vector<std::string_view> names;
  for (; linked != nullptr; linked = linked->next()) names.emplace_back(linked->name());
  std::ranges::sort(names);
  return names;
}

// The error names the file, if there is one.
absl::StatusOr<RouteTable> MakeRoutes(const Config& config, RouteTable::Services services,
                                      const RegisterRoute* linked, const RouteTable* before) {
  auto routes = RouteTable::Build(config, std::move(services), linked, before);
  if (routes.ok()) return routes;
  return absl::Status(routes.status().code(),
                      AtPath(config.file, ToStd(routes.status().message())));
}

// What was made once, at start.
absl::Status CheckUnchanged(const Config& before, const Config& after) {
  std::vector<std::string> settings;
  if (ShardCount(before.threads) != ShardCount(after.threads)) settings.emplace_back("threads");
  if (before.egress != after.egress) settings.emplace_back("egress");
  if (before.log.format != after.log.format) settings.emplace_back("log.format");
  if (settings.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      AtPath(after.file, absl::StrCat(absl::StrJoin(settings, ", "),
                                      ": can not change while the server runs: restart it")));
}

}  // namespace

std::size_t ShardCount(int threads) {
  if (threads > 0) return static_cast<std::size_t>(threads);
  return std::max(1U, std::thread::hardware_concurrency());
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const Config& config, Parts parts) {
  std::unique_ptr<Server> server(new Server(config, parts));
  auto routes =
      MakeRoutes(config, ServicesOf(server->timer_, server->log_bytes_), parts.routes, nullptr);
  if (!routes.ok()) return routes.status();
  auto tls = LoadTls(config);
  if (!tls.ok()) return tls.status();
  server->generation_ = std::make_shared<Generation>(config, *std::move(routes), *std::move(tls));
  const std::size_t count = ShardCount(config.threads);
  absl::StatusOr<Egresses> egresses = Egresses();
  if (parts.make_egress == nullptr) {
    egresses = MakeEgresses(config.egress, count);
  } else {
    while (egresses->size() < count) egresses->push_back(parts.make_egress());
  }
  if (!egresses.ok()) return egresses.status();
  const std::vector<std::string_view> names = NamesOf(parts.routes);
  for (auto& egress : *egresses) {
    server->shards_.push_back(
        std::make_unique<Shard>(server->generation_, server->addresses_, std::move(egress), names));
  }
  absl::StatusOr<ListenerChange> listeners = ChangeListeners({}, config.listen, server->shards_);
  if (!listeners.ok()) return listeners.status();
  server->listeners_ = std::move(listeners->all);
  Accept(server->listeners_);
  for (const auto& shard : server->shards_) {
    if (absl::Status status = shard->Start(); !status.ok()) return status;
  }
  server->running_ = true;
  server->timer_->Start(*server->shards_.front());
  return server;
}

absl::StatusOr<SharedGeneration> Server::Check(const Config& config, const RegisterRoute* linked) {
  auto tls = LoadTls(config);
  if (!tls.ok()) return tls.status();
  // What the routes put off never comes to run.
  auto services = ServicesOf(std::make_shared<TaskTimer>(),
                             std::make_shared<std::atomic<std::size_t>>(config.limits.log_bytes));
  auto routes = MakeRoutes(config, std::move(services), linked, nullptr);
  if (!routes.ok()) return routes.status();
  return std::make_shared<const Generation>(config, *std::move(routes), *std::move(tls));
}

Server::Server(const Config& config, const Parts& parts)
    : linked_(parts.routes),
      log_bytes_(std::make_shared<std::atomic<std::size_t>>(config.limits.log_bytes)),
      addresses_(config.limits, parts.is_free_address) {}

Server::~Server() {
  Stop();
}

std::vector<Endpoint> Server::endpoints() const {
  const std::lock_guard lock(mutex_);
  return EndpointsOf(listeners_);
}

std::vector<std::string> Server::urls() const {
  const std::lock_guard lock(mutex_);
  return UrlsOf(listeners_);
}

SharedGeneration Server::generation() const {
  const std::lock_guard lock(mutex_);
  return generation_;
}

absl::Status Server::Reload(const Config& config) {
  absl::Status status = TryReload(config);
  (status.ok() ? reloads_ : reloads_refused_).fetch_add(1);
  return status;
}

absl::Status Server::TryReload(const Config& config) {
  if (!running_) return absl::FailedPreconditionError("the server has stopped");
  const SharedGeneration before = generation();
  if (absl::Status status = CheckUnchanged(before->config(), config); !status.ok()) return status;
  auto routes = MakeRoutes(config, ServicesOf(timer_, log_bytes_), linked_, &before->routes());
  if (!routes.ok()) return routes.status();
  auto tls = LoadTls(config);
  if (!tls.ok()) return tls.status();
  absl::StatusOr<ListenerChange> change = ChangeListeners(listeners_, config.listen, shards_);
  if (!change.ok()) return change.status();

  // Nothing can go wrong any more.
  const auto after =
      std::make_shared<const Generation>(config, *std::move(routes), *std::move(tls));
  {
    const std::lock_guard lock(mutex_);
    generation_ = after;
    listeners_ = std::move(change->all);
  }
  *log_bytes_ = config.limits.log_bytes;
  addresses_.Update(config.limits);
  // Before any shard has the new one, and without what they lead to.
  if (!change->dropped.empty()) CloseListeners(change->dropped, Clock::now() + kAdoptTime);
  const std::vector<std::size_t> late = OnEveryShard(
      shards_,
      {.task =
           [after, plan = PlanDrain(config.limits)](Shard& shard, const auto& done) {
             // Also when something fails for want of memory: it has the new one by then.
             const absl::Cleanup tell = [&done] { done(); };
             shard.Adopt(after, plan);
           },
       // Likewise, when all have it.
       .at_end = [&first = *shards_.front(),
                  accept = ToAccept(change->opened)]() noexcept { first.Post(accept); }},
      Clock::now() + kAdoptTime);
  if (!late.empty()) TellLate(late, UrlsOf(change->opened));
  return absl::OkStatus();
}

// Those who come back do so at about the rate at which they can be taken in.
DrainPlan Server::PlanDrain(const Limits& limits) const {
  return {.deadline = Clock::now() + limits.shutdown_time,
          .retry_spread = kLeastRetrySpread + open_connections() * kRetryTimeEach};
}

std::size_t Server::Stop() {
  // Where nothing could be listened on, no loop runs that would answer.
  if (!std::exchange(running_, false)) return 0;
  draining_ = true;
  const DrainPlan plan = PlanDrain(generation()->limits());
  // One that is stuck leaves the others time to tell their peers.
  const Clock::duration step = (plan.deadline - Clock::now()) / 4;
  // Nobody comes in any more.
  CloseListeners(listeners_, Clock::now() + step);
  // Nothing more is published; when all shards have done this, each knows of all that was.
  OnEveryShard(shards_,
               {.task =
                    [](Shard& shard, const auto& done) {
                      shard.StopReading();
                      done();
                    }},
               Clock::now() + step);
  OnEveryShard(shards_,
               {.task = [plan](Shard& shard, auto done) { shard.Stop(plan, std::move(done)); }},
               plan.deadline);
  const std::size_t cut = open_connections();
  for (const auto& shard : shards_) shard->StopAndJoin();
  return cut;
}

void Server::CloseListeners(const Listeners& listeners, Clock::time_point deadline) {
  OnEveryShard(std::span(shards_).first(1),
               {.task =
                    [listeners](Shard& first, auto done) {
                      Close(listeners);
                      // After those that were accepted before.
                      first.Post(std::move(done));
                    }},
               deadline);
}

std::vector<std::pair<std::string_view, std::uint64_t>> Server::Counters() const {
  std::vector<std::pair<std::string_view, std::uint64_t>> counters;
  for (const auto& counter : kCounters) {
    std::uint64_t sum = 0;
    for (const auto& shard : shards_) sum += (shard->stats().*counter.member).value();
    counters.emplace_back(counter.name, sum);
  }
  for (const auto& counter : kRouteCounters) {
    std::uint64_t sum = 0;
    for (const auto& shard : shards_) sum += shard->stats().Total(counter.member);
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
