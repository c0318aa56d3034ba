// What a configuration says of TLS, loaded.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "core/config.h"
#include "core/tls/tls_contexts.h"

namespace fanfare {

// Loads `tls` for those of `listen` that begin with "https://"; null when none does. It is an error
// when there are no certificates for them, and when there are certificates and nobody to show them
// to. The error names the configuration's file, if there is one, and the setting's JSON path.
absl::StatusOr<std::shared_ptr<const TlsContexts>> LoadTls(const Config& config);

}  // namespace fanfare
