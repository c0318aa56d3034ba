#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/compat.h"
#include "core/config.h"
#include "core/endpoint.h"
#include "core/json_text.h"
#include "core/listen_address.h"
#include "core/log_text.h"

namespace fanfare {
namespace {

// A server's frame header at its longest (RFC 6455 section 5.2): two bytes, and eight of length.
constexpr std::size_t kMaxFrameHeader = 10;

// Names of machines, without a port, as they are in a Host header.
absl::Status CheckHosts(const std::vector<std::string>& hosts) {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._";
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    if (!hosts[i].empty() && hosts[i].find_first_not_of(kLetters) == std::string::npos) continue;
    return absl::InvalidArgumentError(
        AtPath(ElementPath("admin.hosts", i),
               absl::StrCat("expected the name of a machine, without a port, such as "
                            "fanfare.example, got ",
                            ShowJson(hosts[i]))));
  }
  return absl::OkStatus();
}

absl::Status CheckAddresses(const std::vector<std::string>& listen, const std::string& path) {
  for (std::size_t i = 0; i < listen.size(); ++i) {
    const absl::Status status = ParseListen(listen[i]).status();
    if (status.ok()) continue;
    // A single one may have been written without an array.
    const std::string where = listen.size() == 1 ? path : ElementPath(path, i);
    return absl::InvalidArgumentError(AtPath(where, ToStd(status.message())));
  }
  return absl::OkStatus();
}

// Checks that nobody waits at two places for the connections of one passed socket.
absl::Status CheckPassedOnce(const Config& config) {
  std::vector<std::string> names;
  for (const auto* const entries : {&config.listen, &config.admin_listen}) {
    for (const std::string& entry : *entries) {
      const absl::StatusOr<ListenAddress> address = ParseListen(entry);
      if (!address.ok() || !address->passed.has_value()) continue;
      const std::string& name = *address->passed;
      const auto is_same = [&name](const std::string& other) {
        return name.empty() || other.empty() || name == other;
      };
      if (std::ranges::any_of(names, is_same)) {
        return absl::InvalidArgumentError(
            AtPath(entries == &config.listen ? "listen" : "admin.listen",
                   absl::StrCat(QuoteForLog(entry), ": another entry has these sockets")));
      }
      names.push_back(name);
    }
  }
  return absl::OkStatus();
}

// Whether nobody can listen at both. Of one port, "any" address is all of its version's.
bool AreOne(const Endpoint& a, const Endpoint& b) {
  if (a.port() == 0 || a.port() != b.port()) return false;
  if (a.address().is_v4() != b.address().is_v4()) return false;
  return a.address() == b.address() || a.address().is_unspecified() || b.address().is_unspecified();
}

// Checks that no two entries stand for one address. Where the admin addresses are the default,
// others will do.
absl::Status CheckListensOnce(const Config& config) {
  struct Taken {
    Endpoint endpoint;
    const std::string& entry;
  };
  std::vector<Taken> taken;
  for (const auto* const entries : {&config.listen, &config.admin_listen}) {
    if (entries == &config.admin_listen && config.is_admin_listen_default) continue;
    for (const std::string& entry : *entries) {
      for (const Endpoint& endpoint : Endpoints(*ParseListen(entry))) {
        const auto other = std::ranges::find_if(
            taken, [&](const Taken& one) { return AreOne(one.endpoint, endpoint); });
        if (other != taken.end()) {
          return absl::InvalidArgumentError(
              AtPath(entries == &config.listen ? "listen" : "admin.listen",
                     absl::StrCat(QuoteForLog(entry), ": another entry, ",
                                  QuoteForLog(other->entry), ", has this address")));
        }
        taken.push_back({endpoint, entry});
      }
    }
  }
  return absl::OkStatus();
}

// Checks that a buffer can hold one message of the largest size.
absl::Status CheckHoldsMessage(const char* name, std::size_t bytes, std::size_t message_bytes) {
  const std::size_t least = message_bytes + kMaxFrameHeader;
  if (bytes >= least) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(name, ": expected at least ", least, " to hold one message of ", message_bytes,
                   " bytes (limits.message_bytes) and its header, got ", bytes));
}

// Checks that nobody is closed for sending one message of the largest size.
absl::Status CheckLetsMessageIn(const Limits& limits) {
  const auto seconds = static_cast<std::size_t>(limits.rate_time.count());
  const std::size_t least = (limits.message_bytes + seconds - 1) / seconds;
  if (limits.bytes_per_second == 0 || limits.bytes_per_second >= least) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "limits.bytes_per_second: expected 0 or at least ", least, ", so that one message of ",
      limits.message_bytes, " bytes (limits.message_bytes) can come within ", seconds,
      " s (limits.rate_seconds), got ", limits.bytes_per_second));
}

// Checks that no page of a stranger's can use a token that a browser sends by itself.
absl::Status CheckCookies(const Config& config) {
  const std::vector<std::string>& origins = config.origins.allowed();
  if (std::ranges::find(origins, "*") == origins.end()) return absl::OkStatus();
  for (const RouteConfig& route : config.routes) {
    if (!route.auth || route.auth->cookie.empty()) continue;
    return absl::InvalidArgumentError(
        AtPath(MemberPath(route.auth->path, "cookie"),
               "with \"origins\": \"*\", the page of any site could use it"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckConfig(const Config& config) {
  if (config.listen.empty()) {
    return absl::InvalidArgumentError("listen: expected at least one address");
  }
  if (absl::Status status = CheckAddresses(config.listen, "listen"); !status.ok()) return status;
  if (absl::Status status = CheckAddresses(config.admin_listen, "admin.listen"); !status.ok()) {
    return status;
  }
  if (absl::Status status = CheckPassedOnce(config); !status.ok()) return status;
  if (absl::Status status = CheckListensOnce(config); !status.ok()) return status;
  if (std::ranges::any_of(config.admin_listen, SpeaksTls)) {
    return absl::InvalidArgumentError(
        "admin.listen: TLS is spoken at the addresses of listen alone");
  }
  if (absl::Status status = CheckHosts(config.admin_hosts); !status.ok()) return status;
  if (config.threads < 0 || config.threads > Config::kMaxThreads) {
    return absl::InvalidArgumentError(absl::StrCat("threads: expected a whole number from 0 to ",
                                                   Config::kMaxThreads, ", got ", config.threads));
  }
  const Limits& limits = config.limits;
  if (absl::Status status =
          CheckHoldsMessage("limits.outbox_bytes", limits.outbox_bytes, limits.message_bytes);
      !status.ok()) {
    return status;
  }
  if (absl::Status status =
          CheckHoldsMessage("limits.log_bytes", limits.log_bytes, limits.message_bytes);
      !status.ok()) {
    return status;
  }
  if (absl::Status status = CheckCookies(config); !status.ok()) return status;
  return CheckLetsMessageIn(limits);
}

}  // namespace fanfare
