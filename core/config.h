// The server's configuration: one JSON file, checked whole before anything starts.
#pragma once

#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/access/proxies.h"
#include "core/auth/jwt_settings.h"
#include "core/channel.h"
#include "core/fanout/egress.h"
#include "core/limits.h"
#include "core/log_settings.h"
#include "core/origin.h"
#include "core/tls/tls_settings.h"

namespace fanfare {

// One entry of `routes`: a linked route, where it is served and with which options.
struct RouteConfig {
  // The name that the route registered.
  std::string route;
  // Where to serve it; absent: at the patterns that it registered; empty: nowhere, so that it is
  // not even made, and its options are not looked at.
  std::optional<std::vector<std::string>> patterns;
  nlohmann::json options = nlohmann::json::object();
  // slow_readers: what its channels do with them: "disconnect", "skip" or "latest".
  SlowReaders slow_readers = SlowReaders::kDisconnect;
  // auth: what clients must show to come in; nothing: "none".
  std::optional<JwtSettings> auth = {};
  // The JSON path of this entry ("routes[0]"), for errors about it.
  std::string path;
};

// The whole configuration, with its defaults.
struct Config {
  // Where it was read from, for errors that are found later; empty if from nowhere.
  std::string file = {};
  // listen: "host:port" each; port 0 takes any free one. "localhost" is 127.0.0.1 and ::1. Or
  // "systemd" or "systemd:NAME": sockets that the service manager passes, of that name or all.
  // Where "https://" stands before it, TLS is spoken.
  std::vector<std::string> listen = {"localhost:8080"};
  // admin.listen: the same, where operators and their tools ask (core/admin); none for [].
  std::vector<std::string> admin_listen = {"localhost:8081"};
  // Nobody chose it: where it is taken, any free port will do.
  bool is_admin_listen_default = true;
  // admin.hosts: the names, besides localhost, by which operators reach it.
  std::vector<std::string> admin_hosts = {};
  TlsSettings tls = {};
  // proxies.addresses, proxies.protocol: who is believed that says whom something comes from.
  Proxies proxies = {};
  // threads: shards; 0 means one for each core. More than there are cores only cost, and no machine
  // in sight has more of them than that.
  static constexpr int kMaxThreads = 256;
  int threads = 0;
  // egress: "auto", "io_uring" or "syscalls".
  EgressChoice egress = EgressChoice::kAuto;
  // log: how the log looks, and how much there is of it.
  LogSettings log = {};
  // log_messages: whether each message is logged, coming in and going out.
  bool log_messages = false;
  // origins: the web pages that may open sessions, besides the server's own; see
  // OriginPolicy::Make. require_origin: whether clients that are no browsers may not.
  OriginPolicy origins = {};
  Limits limits = {};
  // routes: linked routes that are not named here are served at their own patterns.
  std::vector<RouteConfig> routes = {};
};

// The values of `egress`, and of the flag of that name.
inline constexpr std::array<std::pair<std::string_view, EgressChoice>, 3> kEgressChoices = {{
    {"auto", EgressChoice::kAuto},
    {"io_uring", EgressChoice::kUring},
    {"syscalls", EgressChoice::kSyscalls},
}};

// The values of `slow_readers`.
inline constexpr std::array<std::pair<std::string_view, SlowReaders>, 3> kSlowReaders = {{
    {"disconnect", SlowReaders::kDisconnect},
    {"skip", SlowReaders::kSkip},
    {"latest", SlowReaders::kLatest},
}};

// Checks what a configuration must hold however it was made, from JSON or from flags: addresses
// that can be listened on, a number of threads that makes sense, buffers that hold the largest
// message. The error names the JSON path of what is wrong.
absl::Status CheckConfig(const Config& config);

// Reads and checks a configuration from JSON text. The error names the JSON path of what is wrong,
// or the line and column where the text is not JSON. Comments are allowed.
absl::StatusOr<Config> ParseConfig(std::string_view text);

// The same from a file, or a pipe; the error names the file too.
absl::StatusOr<Config> ReadConfig(const std::string& file);

}  // namespace fanfare
