#include "tests/test_server.h"

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <utility>

#include "core/compat.h"
#include "core/logging.h"

namespace fanfare::testing {
namespace {

// The build runs tests with each egress: see server_test.bzl.
EgressChoice EgressOfThisRun() {
  const char* const name = std::getenv("FANFARE_TEST_EGRESS");
  for (const auto& [choice, egress] : kEgressChoices) {
    if (name != nullptr && choice == name) return egress;
  }
  return EgressChoice::kAuto;
}

}  // namespace

Config LocalConfig(const Limits& limits) {
  Config config;
  config.listen = {"127.0.0.1:0"};
  config.threads = 2;
  config.egress = EgressOfThisRun();
  config.limits = limits;
  return config;
}

TestServer::TestServer(const Config& config, Server::Parts parts) {
  // Thousands of sessions come and go.
  SetLogLevel(LogLevel::kWarn);
  auto server = Server::Start(config, std::move(parts));
  if (!server.ok()) throw std::runtime_error(std::string(ToStd(server.status().message())));
  server_ = *std::move(server);
}

std::uint64_t TestServer::sessions() const {
  // In this order, or a session that comes and goes in between is counted as minus one.
  const std::uint64_t closed = Count("sessions_closed");
  return Count("sessions_opened") - closed;
}

bool TestServer::WaitForSessions(std::uint64_t count) const {
  return WaitUntil([&] { return sessions() == count && server_->open_connections() == count; });
}

}  // namespace fanfare::testing
