#include "core/tls/tls_contexts.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/check.h"
#include "core/compat.h"
#include "core/event_log.h"
#include "core/file_path.h"
#include "core/json_text.h"
#include "core/secret_file.h"
#include "core/tls/certificate.h"

namespace fanfare {
namespace {

// Of TLS 1.2: forward secrecy and authenticated encryption (RFC 9325 section 4.2). All of TLS 1.3
// is such.
constexpr char kCiphersOf12[] = "ECDHE+AESGCM:ECDHE+CHACHA20";

// RFC 7301 section 6, with its length before it.
constexpr unsigned char kHttp11[] = "\x08http/1.1";
constexpr unsigned kHttp11Size = sizeof kHttp11 - 1;

absl::Status Error(const std::string& path, const std::string& file, std::string_view problem) {
  return absl::InvalidArgumentError(AtPath(path, absl::StrCat(file, ": ", ToAbsl(problem))));
}

absl::Status CheckReadable(const std::string& path, const std::string& file) {
  if (file.empty()) return absl::InvalidArgumentError(AtPath(path, "expected a file's name"));
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> stream(std::fopen(file.c_str(), "rb"),
                                                               std::fclose);
  if (stream != nullptr) return absl::OkStatus();
  return absl::ErrnoToStatus(errno, AtPath(path, absl::StrCat("can not open ", file)));
}

int SelectProtocol(SSL*, const unsigned char** selected, unsigned char* size,
                   const unsigned char* offered, unsigned offered_size, void*) {
  // Its type wants a pointer that can be written through, and it writes through none.
  auto** const out = const_cast<unsigned char**>(selected);
  const int found = SSL_select_next_proto(out, size, kHttp11, kHttp11Size, offered, offered_size);
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

int SelectContext(SSL* session, int*, void* argument) {
  const char* name = SSL_get_servername(session, TLSEXT_NAMETYPE_host_name);
  if (name == nullptr) return SSL_TLSEXT_ERR_NOACK;
  const auto& contexts = *static_cast<const TlsContexts*>(argument);
  SSL_set_SSL_CTX(session, &contexts.ForName(name));
  return SSL_TLSEXT_ERR_OK;
}

SslContextPtr MakeContext(TlsVersion min_version, const TlsContexts* owner) {
  SslContextPtr context(SSL_CTX_new(TLS_server_method()));
  FANFARE_CHECK(context != nullptr, "OpenSSL can be used");
  SSL_CTX* const raw = context.get();
  SSL_CTX_set_min_proto_version(raw,
                                min_version == TlsVersion::k13 ? TLS1_3_VERSION : TLS1_2_VERSION);
  FANFARE_CHECK(SSL_CTX_set_cipher_list(raw, kCiphersOf12) == 1, "the ciphers are there");
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // A session that waits keeps no buffers of OpenSSL's.
  SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);
  // Whoever comes back brings a ticket: nothing is kept for them here.
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(raw, 1);
  SSL_CTX_set_default_passwd_cb(raw, NoPassword);
  SSL_CTX_set_alpn_select_cb(raw, SelectProtocol, nullptr);
  SSL_CTX_set_tlsext_servername_callback(raw, SelectContext);
  // Only read, by SelectContext.
  SSL_CTX_set_tlsext_servername_arg(raw, const_cast<TlsContexts*>(owner));
  return context;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const TlsContexts>> TlsContexts::Load(const TlsSettings& settings,
                                                                     const std::string& folder) {
  std::shared_ptr<TlsContexts> contexts(new TlsContexts());
  for (std::size_t i = 0; i < settings.certificates.size(); ++i) {
    if (absl::Status status = contexts->Add(settings, i, folder); !status.ok()) return status;
  }
  FANFARE_CHECK(!contexts->entries_.empty(), "TLS needs a certificate");
  return contexts;
}

absl::Status TlsContexts::Add(const TlsSettings& settings, std::size_t index,
                              const std::string& folder) {
  const std::string path = ElementPath("tls.certificates", index);
  const std::string certificate_path = MemberPath(path, "certificate");
  const std::string key_path = MemberPath(path, "key");
  const std::string certificate = ResolveFile(folder, settings.certificates[index].certificate);
  const std::string key = ResolveFile(folder, settings.certificates[index].key);
  for (const auto& [at, file] : {std::pair(certificate_path, certificate), {key_path, key}}) {
    if (absl::Status status = CheckReadable(at, file); !status.ok()) return status;
  }
  SslContextPtr context = MakeContext(settings.min_version, this);
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate.c_str()) != 1) {
    return Error(certificate_path, certificate,
                 absl::StrCat("expected certificates in PEM: ", TakeTlsError().message()));
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) != 1) {
    const unsigned long error = ERR_peek_error();
    if (ERR_GET_LIB(error) == ERR_LIB_X509 && ERR_GET_REASON(error) == X509_R_KEY_VALUES_MISMATCH) {
      ERR_clear_error();
      return Error(key_path, key, absl::StrCat("is not the key of ", certificate));
    }
    return Error(key_path, key,
                 absl::StrCat("expected a private key in PEM, without a password: ",
                              TakeTlsError().message()));
  }
  WarnIfAnybodyMayRead(key, "a private key");
  const X509& own = *SSL_CTX_get0_certificate(context.get());
  if (const std::string problem = ValidityProblem(own); !problem.empty()) {
    const std::string text = absl::StrCat(path, ": ", certificate, " ", problem);
    WriteLog(LogEvent::kStarting, {.text = text, .level = LogLevel::kWarn});
  }
  entries_.push_back({.context = std::move(context), .names = NamesOf(own)});
  return absl::OkStatus();
}

SSL_CTX& TlsContexts::ForName(std::string_view host) const {
  const std::string wanted = absl::AsciiStrToLower(ToAbsl(host));
  const auto found = std::ranges::find_if(entries_, [&](const Entry& entry) {
    return std::ranges::any_of(entry.names,
                               [&](const std::string& name) { return NameFits(name, wanted); });
  });
  return found == entries_.end() ? first() : *found->context;
}

}  // namespace fanfare
