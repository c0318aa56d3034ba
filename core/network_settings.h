// Parts of the configuration: how connections come in.
#pragma once

#include "absl/status/statusor.h"
#include "core/access/proxies.h"
#include "core/options.h"
#include "core/tls/tls_settings.h"

namespace fanfare {

// The objects `tls` and `proxies`. The error names the JSON path of what is wrong.
absl::StatusOr<TlsSettings> ReadTls(Options options);
absl::StatusOr<Proxies> ReadProxies(Options options);

}  // namespace fanfare
