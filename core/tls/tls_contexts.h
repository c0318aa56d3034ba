// The certificates that TLS listeners show, and the rules that they speak by.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/tls/openssl.h"
#include "core/tls/tls_settings.h"

namespace fanfare {

// What new TLS sessions are made from: TLS 1.2 (RFC 5246) or 1.3 (RFC 8446), with an ephemeral key
// exchange and authenticated encryption, nothing else; no renegotiation, no compression, no early
// data. Of application protocols (RFC 7301) it knows http/1.1.
//
// Thread: any, because it never changes. Lifetime: outlives the handshakes of its sessions, and not
// the sessions: who changes certificates makes a new one, and who is connected keeps the old.
class TlsContexts {
 public:
  // Reads the files. `folder` is where their names begin, unless they are absolute. The error names
  // the setting's JSON path and the file; a certificate that has expired, or is not valid yet, is a
  // warning, and so is a key that every user of this machine may read. REQUIRES: there is a
  // certificate.
  static absl::StatusOr<std::shared_ptr<const TlsContexts>> Load(const TlsSettings& settings,
                                                                 const std::string& folder);

  // What a session begins with: it goes over to the one for its client's name by itself.
  SSL_CTX& first() const { return *entries_.front().context; }
  // That of the first certificate with this name, or the first of all.
  SSL_CTX& ForName(std::string_view host) const;

 private:
  struct Entry {
    SslContextPtr context;
    std::vector<std::string> names;
  };

  TlsContexts() = default;

  absl::Status Add(const TlsSettings& settings, std::size_t index, const std::string& folder);

  std::vector<Entry> entries_;
};

}  // namespace fanfare
