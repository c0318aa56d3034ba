// The settings `tls` of the configuration.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fanfare {

enum class TlsVersion { k12, k13 };

struct TlsSettings {
  // PEM files, named as from the folder of the configuration's file.
  struct Certificate {
    // The server's own, followed by those between it and the root.
    std::string certificate;
    // Its private key, without a password.
    std::string key;
  };

  // tls.certificates: one for each name or set of names that clients call the server by. A client
  // is shown the first that has the name it asks for (SNI), or else the first of all.
  std::vector<Certificate> certificates = {};
  // tls.min_version: "1.2" or "1.3". Older versions are broken (RFC 8996).
  TlsVersion min_version = TlsVersion::k12;
};

// The values of `tls.min_version`.
inline constexpr std::array<std::pair<std::string_view, TlsVersion>, 2> kTlsVersions = {{
    {"1.2", TlsVersion::k12},
    {"1.3", TlsVersion::k13},
}};

}  // namespace fanfare
