#include "core/admin/admin_server.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/admin/metrics.h"
#include "core/admin/overview.h"
#include "core/admin/page_files.h"
#include "core/admin/sessions.h"
#include "core/admin/steering.h"
#include "core/check.h"
#include "core/compat.h"
#include "core/config.h"
#include "core/dispatch.h"
#include "core/endpoint.h"
#include "core/event_log.h"
#include "core/fanout/egress.h"
#include "core/generation.h"
#include "core/health.h"
#include "core/log_text.h"
#include "core/net/listener.h"
#include "core/page/embedded_file.h"
#include "core/route_table.h"
#include "core/session_report.h"

namespace fanfare {
namespace {

constexpr char kAnyPort[] = "localhost:0";

// An answer that is made anew each time.
class Page final : public Route {
 public:
  Page(std::vector<std::string> methods, std::function<Response(const Request&)> answer)
      : methods_(std::move(methods)), answer_(std::move(answer)) {}

  bool has_websocket() const override { return false; }
  std::vector<std::string> http_methods() const override { return methods_; }
  Response Answer(const Request& request) override {
    Response response = answer_(request);
    const bool says_so = std::ranges::any_of(
        response.headers, [](const auto& header) { return header.first == "Cache-Control"; });
    if (!says_so) response.headers.emplace_back("Cache-Control", "no-store");
    return response;
  }

 private:
  const std::vector<std::string> methods_;
  const std::function<Response(const Request&)> answer_;
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

void TellDenied(const Request& request, std::string_view why) {
  const std::string peer = ToString(request.peer);
  const std::string text = absl::StrCat("was refused at ", EscapeForLog(request.path),
                                        ", which is for operators: ", ToAbsl(why));
  WriteLog(
      LogEvent::kRefused,
      {.about = {.peer = peer}, .text = text, .fields = {{"path", request.path}, {"reason", why}}});
}

// Who only holds connections keeps nobody out who asks whether the server is well: of those that
// wait for a request, or for their answer to be read, the one that has done so for longest goes.
// False if there is none.
bool CutOldest(const Shard& shard) {
  Shard::Member* oldest = nullptr;
  SessionReport found;
  for (Shard::Member* member : shard.members()) {
    const SessionReport report = member->Report();
    if (report.is_closing || (oldest != nullptr && report.opened >= found.opened)) continue;
    oldest = member;
    found = report;
  }
  if (oldest == nullptr) return false;
  const std::string peer = ToString(found.peer);
  WriteLog(LogEvent::kRefused,
           {.about = {.peer = peer},
            .text = "was cut off: there are as many connections for operators as there may be"});
  oldest->Cut();
  return true;
}

void WarnOfStrangers(const Listeners& listeners) {
  for (const Endpoint& endpoint : EndpointsOf(listeners)) {
    if (endpoint.address().is_loopback()) continue;
    const std::string address = ToString(endpoint);
    const std::string text =
        absl::StrCat("operators are answered at ", address,
                     ", and whoever reaches it may ask and steer: listen on localhost, or keep "
                     "strangers from it");
    WriteLog(LogEvent::kStarting,
             {.text = text, .fields = {{"address", address}}, .level = LogLevel::kWarn});
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<AdminServer>> AdminServer::Start(const Config& config,
                                                                const Server& server,
                                                                std::chrono::seconds stuck_after) {
  std::unique_ptr<AdminServer> admin(new AdminServer(server, stuck_after));
  absl::StatusOr<Change> change = admin->Prepare(config);
  if (!change.ok()) return change.status();
  admin->Adopt(*std::move(change));
  if (absl::Status status = admin->shards_.front()->Start(); !status.ok()) return status;
  return admin;
}

AdminServer::AdminServer(const Server& server, std::chrono::seconds stuck_after) {
  RouteTable routes;
  const auto serve = [&](const char* path, std::vector<std::string> methods, Answer answer) {
    const absl::Status added =
        routes.Serve(path, "admin", std::make_unique<Page>(std::move(methods), std::move(answer)));
    FANFARE_CHECK(added.ok(), "two admin pages at one path");
  };
  serve("/healthz", {"GET"},
        [&server, stuck_after](const Request&) { return Health(server, stuck_after); });
  serve("/readyz", {"GET"}, [&server](const Request&) { return Readiness(server); });
  serve("/metrics", {"GET"}, [&server](const Request&) { return Metrics(server); });
  const auto of_server = [&](Response (*answer)(const Server&, const Request&)) {
    return ForOperators(
        [&server, answer](const Request& request) { return answer(server, request); });
  };
  serve("/", {"GET"}, ForOperators([](const Request& request) {
          return AnswerWithFile(request, FindFile(AdminFiles(), "page/index.html"));
        }));
  serve("/page/*", {"GET"}, ForOperators([](const Request& request) {
          return AnswerWithFile(request, FindFile(AdminFiles(), request.path.substr(1)));
        }));
  serve("/server", {"GET"}, of_server(ShowServer));
  serve("/routes", {"GET"}, of_server(ListRoutes));
  serve("/rooms", {"GET"}, of_server(ListRooms));
  serve("/sessions", {"GET"}, of_server(ListSessions));
  serve("/sessions/{id}", {"GET"}, of_server(ShowSession));
  serve("/sessions/{id}/close", {"POST"}, of_server(CloseSession));
  serve("/sessions/{id}/message", {"POST"}, of_server(MessageSession));
  serve("/log_level", {"GET", "PUT"}, ForOperators(AnswerLogLevel));
  Config config;
  config.limits.connections = kMaxConnections;
  auto generation = std::make_shared<const Generation>(config, std::move(routes));
  shards_.push_back(
      std::make_unique<Shard>(std::move(generation), addresses_, MakeSyscallEgress()));
}

AdminServer::Answer AdminServer::ForOperators(Answer answer) const {
  return [this, answer = std::move(answer)](const Request& request) {
    const std::optional<AdminAccess::Denial> denial = access_.Refuse(request);
    if (!denial) return answer(request);
    TellDenied(request, denial->why);
    return Refusal(denial->status, denial->why);
  };
}

absl::StatusOr<AdminServer::Change> AdminServer::Prepare(const Config& config) const {
  std::vector<std::string> addresses = config.admin_listen;
  const bool is_elsewhere = listeners_.size() == 1 && listeners_.front().text == kAnyPort;
  // It stays there.
  if (config.is_admin_listen_default && is_elsewhere) addresses = {kAnyPort};
  absl::StatusOr<ListenerChange> listeners = ChangeListeners(listeners_, addresses, shards_);
  if (!listeners.ok() && config.is_admin_listen_default) {
    std::string text =
        absl::StrCat(listeners.status().message(), "; operators are answered at another port");
    WriteLog(LogEvent::kStarting, {.text = text});
    listeners = ChangeListeners(listeners_, {kAnyPort}, shards_);
    if (!listeners.ok()) {
      text = absl::StrCat(listeners.status().message(), "; operators are answered nowhere");
      WriteLog(LogEvent::kStarting, {.text = text, .level = LogLevel::kWarn});
      listeners = ChangeListeners(listeners_, {}, shards_);
    }
  }
  if (!listeners.ok()) return listeners.status();
  return Change{.listeners = *std::move(listeners), .hosts = config.admin_hosts};
}

void AdminServer::Adopt(Change change) {
  WarnOfStrangers(change.listeners.opened);
  listeners_ = std::move(change.listeners.all);
  shards_.front()->Post([this, opened = std::move(change.listeners.opened),
                         dropped = std::move(change.listeners.dropped),
                         hosts = std::move(change.hosts)] {
    access_ = AdminAccess(hosts);
    // In this order: one may listen at a copy of another's socket.
    Close(dropped);
    for (const OpenAddress& address : opened) {
      for (const auto& listener : address.listeners) {
        listener->OnFull([&shard = *shards_.front()] { return CutOldest(shard); });
      }
    }
    Accept(opened);
  });
}

AdminServer::~AdminServer() {
  shards_.front()->StopAndJoin();
}

}  // namespace fanfare
