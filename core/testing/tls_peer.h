// The client's end of a TLS connection, in memory.
#pragma once

#include <string>
#include <string_view>

#include "core/tls/openssl.h"
#include "core/tls/tls_session.h"

namespace fanfare::testing {

// A client that trusts everybody, and can be told to be old or strange.
class TlsPeer {
 public:
  struct Options {
    // What it asks for by SNI; nothing if empty.
    std::string server_name = "localhost";
    int min_version = TLS1_2_VERSION;
    int max_version = TLS1_3_VERSION;
    // Of TLS 1.2; empty: all that OpenSSL has.
    std::string ciphers = {};
    // RFC 7301, each with its length before it; nothing if empty.
    std::string protocols = {};
  };

  explicit TlsPeer(const Options& options);
  TlsPeer() : TlsPeer(Options()) {}

  // Goes on with the handshake, with what came; throws when the server refuses.
  void Handshake(std::string_view from_server = "");
  bool is_open() const { return SSL_is_init_finished(ssl_.get()) != 0; }
  // What there is to be sent to the server.
  std::string TakeOutput();
  void Write(std::string_view plaintext);
  void End();
  // Changes the keys, and asks the server to do so (RFC 8446 section 4.6.3).
  void UpdateKeys();
  // Asks for another handshake (RFC 5246 section 7.4.1.1), which is not waited for.
  void Renegotiate();
  // Takes what came; returns the plaintext in it.
  std::string Read(std::string_view from_server);
  bool has_server_ended() const {
    return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
  }

  // The first DNS name of the certificate that the server showed.
  std::string shown_name() const;
  std::string version() const { return SSL_get_version(ssl_.get()); }
  std::string cipher() const { return SSL_get_cipher_name(ssl_.get()); }
  std::string protocol() const;
  bool resumed() const { return SSL_session_reused(ssl_.get()) != 0; }
  // What a later one may resume.
  SSL_SESSION* session() const { return SSL_get1_session(ssl_.get()); }
  void Resume(SSL_SESSION* session) { SSL_set_session(ssl_.get(), session); }

 private:
  SslContextPtr context_;
  SslPtr ssl_;
};

// Does the whole handshake, also with the tickets that follow it. Throws when it fails.
void Handshake(TlsPeer& peer, TlsSession& server);
// What the server makes of bytes that the peer sent; throws what is wrong with them.
std::string Decrypt(TlsSession& server, std::string_view ciphertext);
// What the server has to send.
std::string TakeOutput(TlsSession& server);

}  // namespace fanfare::testing
