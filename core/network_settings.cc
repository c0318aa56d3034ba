#include "core/network_settings.h"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/json_text.h"

namespace fanfare {

using nlohmann::json;

absl::StatusOr<TlsSettings> ReadTls(Options options) {
  TlsSettings settings;
  settings.min_version = options.Choice("min_version", settings.min_version, kTlsVersions);
  const json certificates = options.Take("certificates");
  if (!certificates.is_null() && !certificates.is_array()) {
    options.Fail("certificates",
                 absl::StrCat("expected an array of objects, got ", ShowJson(certificates)));
  }
  if (absl::Status status = options.Finish(); !status.ok()) return status;
  for (const json& element : certificates) {
    Options entry(element, ElementPath("tls.certificates", settings.certificates.size()));
    for (const char* name : {"certificate", "key"}) {
      if (!entry.Has(name)) entry.Fail(name, "missing; expected the name of a PEM file");
    }
    settings.certificates.push_back(
        {.certificate = entry.String("certificate", ""), .key = entry.String("key", "")});
    if (absl::Status status = entry.Finish(); !status.ok()) return status;
  }
  return settings;
}

absl::StatusOr<Proxies> ReadProxies(Options options) {
  std::vector<std::string> addresses = options.Strings("addresses", {});
  const ProxyProtocol protocol =
      options.Choice("protocol", ProxyProtocol::kForwardedFor, kProxyProtocols);
  if (absl::Status status = options.Finish(); !status.ok()) return status;
  absl::StatusOr<Proxies> proxies = Proxies::Make(std::move(addresses), protocol);
  if (proxies.ok()) return proxies;
  return absl::InvalidArgumentError(absl::StrCat("proxies.addresses", proxies.status().message()));
}

}  // namespace fanfare
