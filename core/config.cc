#include "core/config.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/auth/auth_settings.h"
#include "core/compat.h"
#include "core/file_path.h"
#include "core/json_text.h"
#include "core/limit_settings.h"
#include "core/network_settings.h"
#include "core/options.h"
#include "core/read_file.h"
#include "core/strict_json.h"

namespace fanfare {
namespace {

using nlohmann::json;

// A configuration is never this large; something that does not end (/dev/zero) is.
constexpr std::size_t kMaxFileBytes = 4 * kMebibyte;

absl::StatusOr<Limits> ReadLimits(Options options) {
  Limits limits;
  for (const LimitSetting& setting : kLimitSettings) {
    if (const auto* size = std::get_if<std::size_t Limits::*>(&setting.member)) {
      const auto fallback = static_cast<std::int64_t>(limits.**size);
      limits.** size = static_cast<std::size_t>(options.Int(setting.name, fallback, setting.range));
    } else {
      auto& time = limits.*std::get<std::chrono::seconds Limits::*>(setting.member);
      time = std::chrono::seconds(options.Int(setting.name, time.count(), setting.range));
    }
  }
  if (absl::Status status = options.Finish(); !status.ok()) return status;
  return limits;
}

// So many lines in a second are as good as all.
constexpr std::int64_t kMaxLogLines = 1'000'000'000;

absl::StatusOr<LogSettings> ReadLog(Options options) {
  LogSettings log;
  log.format = options.Choice("format", log.format, kLogFormats);
  log.level = options.Choice("level", log.level, kLogLevels);
  const auto lines = static_cast<std::int64_t>(log.lines_per_second);
  log.lines_per_second =
      static_cast<std::size_t>(options.Int("lines_per_second", lines, {0, kMaxLogLines}));
  if (absl::Status status = options.Finish(); !status.ok()) return status;
  return log;
}

absl::StatusOr<RouteConfig> ReadRoute(const json& value, const std::string& path) {
  Options entry(value, path);
  RouteConfig route;
  route.path = path;
  route.route = entry.String("route", "");
  if (!entry.Has("route")) entry.Fail("route", "missing; expected the name of a route");
  std::vector<std::string> patterns = entry.Strings("patterns", {});
  if (entry.Has("patterns")) route.patterns = std::move(patterns);
  if (json options = entry.Take("options"); !options.is_null()) {
    if (!options.is_object()) {
      entry.Fail("options", absl::StrCat("expected an object, got ", ShowJson(options)));
    }
    route.options = std::move(options);
  }
  route.slow_readers = entry.Choice("slow_readers", route.slow_readers, kSlowReaders);
  const json auth_value = entry.Take("auth");
  if (absl::Status status = entry.Finish(); !status.ok()) return status;
  absl::StatusOr<std::optional<JwtSettings>> auth = ReadAuth(auth_value, entry.PathOf("auth"));
  if (!auth.ok()) return auth.status();
  route.auth = *std::move(auth);
  return route;
}

absl::StatusOr<std::vector<RouteConfig>> ReadRoutes(const json& value, const std::string& path) {
  std::vector<RouteConfig> routes;
  if (value.is_null()) return routes;
  if (!value.is_array()) {
    return absl::InvalidArgumentError(
        AtPath(path, absl::StrCat("expected an array of objects, got ", ShowJson(value))));
  }
  for (const json& element : value) {
    absl::StatusOr<RouteConfig> route = ReadRoute(element, ElementPath(path, routes.size()));
    if (!route.ok()) return route.status();
    routes.push_back(*std::move(route));
  }
  return routes;
}

absl::StatusOr<OriginPolicy> ReadOrigins(Options& options) {
  std::vector<std::string> allowed = options.Strings("origins", {});
  const bool is_required = options.Bool("require_origin", false);
  absl::StatusOr<OriginPolicy> origins = OriginPolicy::Make(std::move(allowed), is_required);
  if (origins.ok()) return origins;
  return absl::InvalidArgumentError(absl::StrCat("origins", origins.status().message()));
}

}  // namespace

absl::StatusOr<Config> ParseConfig(std::string_view text) {
  absl::StatusOr<json> document = ParseStrictJson(text);
  if (!document.ok()) return document.status();

  // Of a part, null is that it is not there; of the whole, it is a mistake.
  if (document->is_null()) return absl::InvalidArgumentError("expected an object, got null");
  Options options(*std::move(document), "");
  Config config;
  config.listen = options.Strings("listen", config.listen);
  config.threads =
      static_cast<int>(options.Int("threads", config.threads, {0, Config::kMaxThreads}));
  config.egress = options.Choice("egress", config.egress, kEgressChoices);
  config.log_messages = options.Bool("log_messages", config.log_messages);
  absl::StatusOr<OriginPolicy> origins = ReadOrigins(options);
  const json tls_value = options.Take("tls");
  const json proxies_value = options.Take("proxies");
  const json admin_value = options.Take("admin");
  const json limits_value = options.Take("limits");
  const json log_value = options.Take("log");
  const json routes_value = options.Take("routes");
  // First of all the document's own keys, so that a typing error there is not taken for a default.
  if (absl::Status status = options.Finish(); !status.ok()) return status;

  Options admin(admin_value, "admin");
  config.is_admin_listen_default = !admin.Has("listen");
  config.admin_listen = admin.Strings("listen", config.admin_listen);
  config.admin_hosts = admin.Strings("hosts", {});
  if (absl::Status status = admin.Finish(); !status.ok()) return status;

  if (!origins.ok()) return origins.status();
  config.origins = *std::move(origins);

  absl::StatusOr<TlsSettings> tls = ReadTls(Options(tls_value, "tls"));
  if (!tls.ok()) return tls.status();
  config.tls = *std::move(tls);

  absl::StatusOr<Proxies> proxies = ReadProxies(Options(proxies_value, "proxies"));
  if (!proxies.ok()) return proxies.status();
  config.proxies = *std::move(proxies);

  absl::StatusOr<Limits> limits = ReadLimits(Options(limits_value, "limits"));
  if (!limits.ok()) return limits.status();
  config.limits = *limits;

  absl::StatusOr<LogSettings> log = ReadLog(Options(log_value, "log"));
  if (!log.ok()) return log.status();
  config.log = *log;

  absl::StatusOr<std::vector<RouteConfig>> routes = ReadRoutes(routes_value, "routes");
  if (!routes.ok()) return routes.status();
  config.routes = *std::move(routes);
  if (absl::Status status = CheckConfig(config); !status.ok()) return status;
  return config;
}

absl::StatusOr<Config> ReadConfig(const std::string& file) {
  const absl::StatusOr<std::string> text = ReadFile(file, kMaxFileBytes);
  absl::StatusOr<Config> config = text.ok() ? ParseConfig(*text) : text.status();
  if (!config.ok()) {
    return absl::Status(config.status().code(), AtPath(file, ToStd(config.status().message())));
  }
  config->file = file;
  for (RouteConfig& route : config->routes) {
    if (route.auth) route.auth->folder = FolderOf(file);
  }
  return config;
}

}  // namespace fanfare
