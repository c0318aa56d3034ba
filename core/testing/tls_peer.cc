#include "core/testing/tls_peer.h"

#include <openssl/bio.h>
#include <openssl/err.h>

#include <stdexcept>
#include <vector>

#include "core/tls/certificate.h"

namespace fanfare::testing {
namespace {

void Check(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(std::string(what) + ": " + TakeTlsError().message());
}

}  // namespace

TlsPeer::TlsPeer(const Options& options) : context_(SSL_CTX_new(TLS_client_method())) {
  SSL_CTX* const context = context_.get();
  // With the security level of today, OpenSSL would not even offer what is old.
  SSL_CTX_set_security_level(context, 0);
  SSL_CTX_set_min_proto_version(context, options.min_version);
  SSL_CTX_set_max_proto_version(context, options.max_version);
  if (!options.ciphers.empty()) {
    Check(SSL_CTX_set_cipher_list(context, options.ciphers.c_str()) == 1, "the ciphers");
  }
  ssl_.reset(SSL_new(context));
  SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_connect_state(ssl_.get());
  if (!options.server_name.empty()) {
    SSL_set_tlsext_host_name(ssl_.get(), options.server_name.c_str());
  }
  if (!options.protocols.empty()) {
    SSL_set_alpn_protos(ssl_.get(),
                        reinterpret_cast<const unsigned char*>(options.protocols.data()),
                        static_cast<unsigned>(options.protocols.size()));
  }
}

void TlsPeer::Handshake(std::string_view from_server) {
  ERR_clear_error();
  BIO_write(SSL_get_rbio(ssl_.get()), from_server.data(), static_cast<int>(from_server.size()));
  const int result = SSL_do_handshake(ssl_.get());
  Check(result == 1 || SSL_get_error(ssl_.get(), result) == SSL_ERROR_WANT_READ, "the handshake");
}

std::string TlsPeer::TakeOutput() {
  BIO* const bio = SSL_get_wbio(ssl_.get());
  std::string output(BIO_ctrl_pending(bio), '\0');
  if (!output.empty()) BIO_read(bio, output.data(), static_cast<int>(output.size()));
  return output;
}

void TlsPeer::Write(std::string_view plaintext) {
  ERR_clear_error();
  Check(SSL_write(ssl_.get(), plaintext.data(), static_cast<int>(plaintext.size())) > 0, "write");
}

void TlsPeer::End() {
  SSL_shutdown(ssl_.get());
}

void TlsPeer::UpdateKeys() {
  ERR_clear_error();
  Check(SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_REQUESTED) == 1, "the new keys");
  Check(SSL_do_handshake(ssl_.get()) == 1, "the new keys");
}

void TlsPeer::Renegotiate() {
  ERR_clear_error();
  Check(SSL_renegotiate(ssl_.get()) == 1, "another handshake");
  const int result = SSL_do_handshake(ssl_.get());
  Check(SSL_get_error(ssl_.get(), result) == SSL_ERROR_WANT_READ, "another handshake");
}

std::string TlsPeer::Read(std::string_view from_server) {
  ERR_clear_error();
  BIO_write(SSL_get_rbio(ssl_.get()), from_server.data(), static_cast<int>(from_server.size()));
  std::string plaintext;
  char buffer[16 * 1024];
  while (true) {
    const int bytes = SSL_read(ssl_.get(), buffer, sizeof buffer);
    if (bytes > 0) {
      plaintext.append(buffer, static_cast<std::size_t>(bytes));
      continue;
    }
    const int error = SSL_get_error(ssl_.get(), bytes);
    Check(error == SSL_ERROR_WANT_READ || error == SSL_ERROR_ZERO_RETURN, "read");
    return plaintext;
  }
}

std::string TlsPeer::shown_name() const {
  const X509* const shown = SSL_get0_peer_certificate(ssl_.get());
  if (shown == nullptr) throw std::runtime_error("no certificate was shown");
  return NamesOf(*shown).at(0);
}

std::string TlsPeer::protocol() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &name, &size);
  return {reinterpret_cast<const char*>(name), size};
}

void Handshake(TlsPeer& peer, TlsSession& server) {
  peer.Handshake();
  for (int flights = 0; !peer.is_open() || !server.is_open(); ++flights) {
    if (flights > 10) throw std::runtime_error("the handshake does not end");
    Decrypt(server, peer.TakeOutput());
    peer.Handshake(TakeOutput(server));
  }
  peer.Read(TakeOutput(server));
}

std::string Decrypt(TlsSession& server, std::string_view ciphertext) {
  std::vector<char> buffer(ciphertext.size() + TlsSession::kMaxRecordBytes);
  error_code ec;
  const std::string_view plaintext = server.Decrypt(ciphertext, buffer, ec);
  if (ec) throw boost::system::system_error(ec);
  return std::string(plaintext);
}

std::string TakeOutput(TlsSession& server) {
  std::string output(server.output());
  server.ConsumeOutput(output.size());
  return output;
}

}  // namespace fanfare::testing
