#include "core/tls_config.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "core/compat.h"
#include "core/file_path.h"
#include "core/json_text.h"
#include "core/listen_address.h"

namespace fanfare {
namespace {

using Contexts = absl::StatusOr<std::shared_ptr<const TlsContexts>>;

Contexts Load(const Config& config) {
  const auto first = std::ranges::find_if(config.listen, SpeaksTls);
  if (first == config.listen.end()) {
    if (config.tls.certificates.empty()) return nullptr;
    return absl::InvalidArgumentError(
        "tls.certificates: there is nobody to show them to: no address of listen begins with "
        "https://");
  }
  if (config.tls.certificates.empty()) {
    const auto index = static_cast<std::size_t>(first - config.listen.begin());
    return absl::InvalidArgumentError(AtPath(
        ElementPath("listen", index), "https:// needs a certificate: tls.certificates is empty"));
  }
  return TlsContexts::Load(config.tls, FolderOf(config.file));
}

}  // namespace

Contexts LoadTls(const Config& config) {
  Contexts contexts = Load(config);
  if (contexts.ok()) return contexts;
  return absl::Status(contexts.status().code(),
                      AtPath(config.file, ToStd(contexts.status().message())));
}

}  // namespace fanfare
