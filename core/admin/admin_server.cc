#include "core/admin/admin_server.h"

#include <chrono>
#include <functional>
#include <utility>

#include "core/admin/metrics.h"
#include "core/check.h"
#include "core/config.h"
#include "core/fanout/egress.h"
#include "core/health.h"

namespace fanfare {
namespace {

// A GET whose answer is made anew each time.
class Page final : public Route {
 public:
  explicit Page(std::function<Response()> answer) : answer_(std::move(answer)) {}

  bool has_websocket() const override { return false; }
  std::vector<std::string> http_methods() const override { return {"GET"}; }
  Response Answer(const Request&) override {
    Response response = answer_();
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
  }

 private:
  const std::function<Response()> answer_;
};

Response Health(const Server& server, std::chrono::seconds stuck_after) {
  const std::string stuck = StuckShards(server, stuck_after);
  return stuck.empty() ? Response{.body = "ok\n"} : Response{.status = 503, .body = stuck};
}

Response Readiness(const Server& server) {
  return server.draining() ? Response{.status = 503, .body = "stopping\n"}
                           : Response{.body = "ready\n"};
}

Response Metrics(const Server& server) {
  return {.content_type = kMetricsContentType, .body = MetricsText(CollectMetrics(server))};
}

}  // namespace

absl::StatusOr<std::unique_ptr<AdminServer>> AdminServer::Start(
    const std::vector<std::string>& addresses, const Server& server,
    std::chrono::seconds stuck_after) {
  std::unique_ptr<AdminServer> admin(new AdminServer(server, stuck_after));
  absl::StatusOr<Listeners> listeners = OpenListeners(addresses, admin->shards_);
  if (!listeners.ok()) return listeners.status();
  admin->listeners_ = *std::move(listeners);
  for (const auto& listener : admin->listeners_) listener->Accept();
  if (absl::Status status = admin->shards_.front()->Start(); !status.ok()) return status;
  return admin;
}

AdminServer::AdminServer(const Server& server, std::chrono::seconds stuck_after) {
  const auto serve = [&](const char* path, std::function<Response()> answer) {
    routes_.push_back(std::make_unique<Page>(std::move(answer)));
    const absl::Status added = router_.Add(path, "admin", *routes_.back());
    FANFARE_CHECK(added.ok(), "two admin pages at one path");
  };
  serve("/healthz", [&server, stuck_after] { return Health(server, stuck_after); });
  serve("/readyz", [&server] { return Readiness(server); });
  serve("/metrics", [&server] { return Metrics(server); });
  Config config;
  config.limits.connections = kMaxConnections;
  shards_.push_back(std::make_unique<Shard>(config, router_, addresses_, MakeSyscallEgress()));
}

AdminServer::~AdminServer() {
  shards_.front()->StopAndJoin();
}

std::vector<Endpoint> AdminServer::endpoints() const {
  std::vector<Endpoint> endpoints;
  for (const auto& listener : listeners_) endpoints.push_back(listener->endpoint());
  return endpoints;
}

}  // namespace fanfare
