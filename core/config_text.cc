#include "core/config_text.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/auth/auth_settings.h"
#include "core/compat.h"
#include "core/limit_settings.h"

namespace fanfare {
namespace {

using nlohmann::ordered_json;

template <typename T, std::size_t N>
std::string_view NameOf(T value, const std::array<std::pair<std::string_view, T>, N>& choices) {
  const auto* const found =
      std::ranges::find(choices, value, &std::pair<std::string_view, T>::second);
  return found->first;
}

std::string Quoted(std::string_view text) {
  return ordered_json(text).dump();
}

struct Member {
  std::string_view name;
  std::string_view meaning;
  // JSON.
  std::string value;
};

// An object whose members have a comment above them. `indent` is that of the object itself.
std::string ObjectText(const std::vector<Member>& members, const std::string& indent) {
  if (members.empty()) return "{}";
  std::string text = "{\n";
  for (const Member& member : members) {
    if (!member.meaning.empty()) {
      absl::StrAppend(&text, indent, "  // ", ToAbsl(member.meaning), "\n");
    }
    absl::StrAppend(&text, indent, "  \"", ToAbsl(member.name), "\": ", member.value,
                    &member == &members.back() ? "\n" : ",\n");
  }
  return absl::StrCat(text, indent, "}");
}

std::string LimitsText(const Limits& limits) {
  std::vector<Member> members;
  for (const LimitSetting& setting : kLimitSettings) {
    std::int64_t value = 0;
    if (const auto* size = std::get_if<std::size_t Limits::*>(&setting.member)) {
      value = static_cast<std::int64_t>(limits.**size);
    } else {
      value = (limits.*std::get<std::chrono::seconds Limits::*>(setting.member)).count();
    }
    members.push_back({setting.name, setting.meaning, std::to_string(value)});
  }
  return ObjectText(members, "  ");
}

std::string AdminText(const Config& config) {
  return ObjectText(
      {{"listen",
        "where the admin page, its JSON, /healthz, /readyz and /metrics are served, as above: "
        "whoever reaches it may ask and steer; none: []",
        ordered_json(config.admin_listen).dump()},
       {"hosts", "names by which operators reach the page and its JSON, besides localhost",
        ordered_json(config.admin_hosts).dump()}},
      "  ");
}

std::string LogText(const LogSettings& log) {
  return ObjectText(
      {{"format",
        R"("text", for people; or "json": an object in each line; another takes a restart)",
        Quoted(NameOf(log.format, kLogFormats))},
       {"level", R"(how much: "debug", "info", "warn" or "error")",
        Quoted(NameOf(log.level, kLogLevels))},
       {"lines_per_second",
        "of one kind of event; of refused, unauthorized and tls_failed there is one; how many more "
        "there were is said afterwards; 0: no limit",
        std::to_string(log.lines_per_second)}},
      "  ");
}

std::string ProxiesText(const Proxies& proxies) {
  return ObjectText(
      {{"addresses",
        R"(addresses and networks, "10.0.0.0/8"; elsewhere, headers of proxies are ignored)",
        ordered_json(proxies.addresses()).dump()},
       {"protocol",
        R"(how they say it: "x_forwarded_for", a header of each request, or "proxy_protocol", at )"
        R"(the beginning of each connection)",
        Quoted(NameOf(proxies.protocol(), kProxyProtocols))}},
      "  ");
}

std::string TlsText(const TlsSettings& tls) {
  ordered_json certificates = ordered_json::array();
  for (const TlsSettings::Certificate& files : tls.certificates) {
    certificates.push_back({{"certificate", files.certificate}, {"key", files.key}});
  }
  return ObjectText(
      {{"certificates",
        R"(PEM files, as from this file's folder: {"certificate": FILE, "key": FILE} each; a client )"
        R"(is shown the one with the name that it asks for, or else the first)",
        certificates.dump()},
       {"min_version", R"(the oldest version that is spoken: "1.2" or "1.3")",
        Quoted(NameOf(tls.min_version, kTlsVersions))}},
      "  ");
}

std::string OptionsText(const std::vector<OptionText>& options, const std::string& indent) {
  std::vector<Member> members;
  for (const OptionText& option : options) {
    members.push_back({option.name, option.meaning,
                       option.members.empty() ? option.value.dump()
                                              : OptionsText(option.members, indent + "  ")});
  }
  return ObjectText(members, indent);
}

std::string AuthText(const std::optional<JwtSettings>& auth, const std::string& indent) {
  if (!auth) return Quoted("none");
  return OptionsText({{.name = "jwt", .meaning = "", .members = DescribeJwt(*auth)}}, indent);
}

// As they were given; nobody said what they are for.
std::vector<OptionText> OptionsGiven(const nlohmann::json& options) {
  std::vector<OptionText> texts;
  for (const auto& [name, value] : options.items()) {
    texts.push_back({.name = name, .meaning = "", .value = value});
  }
  return texts;
}

std::string RouteText(std::string_view route, const std::vector<std::string>* patterns,
                      SlowReaders slow_readers, const std::optional<JwtSettings>& auth,
                      const std::vector<OptionText>& options) {
  std::vector<Member> members = {{"route", "", Quoted(route)}};
  if (patterns != nullptr) members.push_back({"patterns", "", ordered_json(*patterns).dump()});
  members.push_back({"slow_readers", "", Quoted(NameOf(slow_readers, kSlowReaders))});
  members.push_back({"auth", "", AuthText(auth, "      ")});
  members.push_back({"options", "", OptionsText(options, "      ")});
  return ObjectText(members, "    ");
}

std::string RoutesText(const Config& config, const RouteTable* made) {
  std::vector<std::string> entries;
  for (const RouteConfig& route : config.routes) {
    const std::vector<std::string>* patterns = route.patterns ? &*route.patterns : nullptr;
    const bool is_off = patterns != nullptr && patterns->empty();
    if (made != nullptr && !is_off) continue;
    entries.push_back(RouteText(route.route, patterns, route.slow_readers, route.auth,
                                OptionsGiven(route.options)));
  }
  if (made != nullptr) {
    for (const RouteTable::Description& route : made->Describe()) {
      entries.push_back(
          RouteText(route.route, &route.patterns, route.slow_readers, route.auth, route.options));
    }
  }
  if (entries.empty()) return "[]";
  return absl::StrCat("[\n    ", absl::StrJoin(entries, ",\n    "), "\n  ]");
}

}  // namespace

std::string ConfigText(const Config& config, const RouteTable* routes) {
  const std::vector<Member> members = {
      {"listen",
       R"(addresses: "host:port" each; port 0 is any free one; localhost is 127.0.0.1 and ::1; )"
       R"(or "systemd" or "systemd:NAME": sockets that the service manager passes; TLS is spoken )"
       R"(where "https://" stands before it)",
       ordered_json(config.listen).dump()},
      {"tls", "for the addresses of listen that begin with https://", TlsText(config.tls)},
      {"proxies", "who is believed that says whom a connection or a request comes from",
       ProxiesText(config.proxies)},
      {"admin", "for operators and their tools", AdminText(config)},
      {"threads",
       "how many threads serve sessions; 0: one for each core; another number takes a restart",
       std::to_string(config.threads)},
      {"egress",
       R"(how messages leave: "io_uring", "syscalls", or "auto": io_uring where it can be had; )"
       R"(another takes a restart)",
       Quoted(NameOf(config.egress, kEgressChoices))},
      {"log", "how the log looks, and how much there is of it", LogText(config.log)},
      {"log_messages", "whether each message is logged, coming in (>>) and going out (<<)",
       config.log_messages ? "true" : "false"},
      {"origins",
       R"(sites whose pages may open sessions, besides the server's own: "https://example.com", )"
       R"("https://*.example.com", "*" for all)",
       ordered_json(config.origins.allowed()).dump()},
      {"require_origin", "whether clients that send no Origin, which no browser is, are refused",
       config.origins.is_required() ? "true" : "false"},
      {"limits", "what a peer may use of the server; core/limits.h says more",
       LimitsText(config.limits)},
      {"routes",
       R"(what is served where: {"route": NAME, "patterns": [PATH...], "slow_readers": )"
       R"("disconnect", "skip" or "latest", "auth": "none" or {"jwt": {...}}, see SECURITY.md, )"
       R"("options": {...}}; routes that are not named are )"
       R"(served at their own patterns; without patterns, one is off)",
       RoutesText(config, routes)},
  };
  return absl::StrCat(ObjectText(members, ""), "\n");
}

}  // namespace fanfare
