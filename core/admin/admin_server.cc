#include "core/admin/admin_server.h"

#include <chrono>
#include <functional>
#include <utility>

#include "core/admin/metrics.h"
#include "core/check.h"
#include "core/config.h"
#include "core/fanout/egress.h"
#include "core/generation.h"
#include "core/health.h"
#include "core/route_table.h"

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
  absl::StatusOr<ListenerChange> listeners = admin->PrepareListeners(addresses);
  if (!listeners.ok()) return listeners.status();
  admin->AdoptListeners(*std::move(listeners));
  if (absl::Status status = admin->shards_.front()->Start(); !status.ok()) return status;
  return admin;
}

AdminServer::AdminServer(const Server& server, std::chrono::seconds stuck_after) {
  RouteTable routes;
  const auto serve = [&](const char* path, std::function<Response()> answer) {
    const absl::Status added =
        routes.Serve(path, "admin", std::make_unique<Page>(std::move(answer)));
    FANFARE_CHECK(added.ok(), "two admin pages at one path");
  };
  serve("/healthz", [&server, stuck_after] { return Health(server, stuck_after); });
  serve("/readyz", [&server] { return Readiness(server); });
  serve("/metrics", [&server] { return Metrics(server); });
  Config config;
  config.limits.connections = kMaxConnections;
  auto generation = std::make_shared<const Generation>(config, std::move(routes));
  shards_.push_back(
      std::make_unique<Shard>(std::move(generation), addresses_, MakeSyscallEgress()));
}

absl::StatusOr<ListenerChange> AdminServer::PrepareListeners(
    const std::vector<std::string>& addresses) const {
  return ChangeListeners(listeners_, addresses, shards_);
}

void AdminServer::AdoptListeners(ListenerChange change) {
  listeners_ = std::move(change.all);
  shards_.front()->Post([opened = std::move(change.opened), dropped = std::move(change.dropped)] {
    Accept(opened);
    Close(dropped);
  });
}

AdminServer::~AdminServer() {
  shards_.front()->StopAndJoin();
}

}  // namespace fanfare
