// TLS on one connection, without its socket.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/net/net.h"
#include "core/tls/openssl.h"
#include "core/tls/tls_contexts.h"

namespace fanfare {

// The server's end of a TLS connection, from the first byte to the last. It has no socket: what
// came from the peer is decrypted into a buffer of the caller's, and what is to go there lies in
// output() until the caller has sent it. While it waits for the peer it keeps no buffers.
//
// Thread: one at a time.
class TlsSession {
 public:
  // How much more than the ciphertext the plaintext can be: a record that was half there before
  // (RFC 5246 section 6.2.3).
  static constexpr std::size_t kMaxRecordBytes = 16 * 1024 + 2048;

  // The contexts must last until the handshake is over.
  explicit TlsSession(const TlsContexts& contexts);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  // Takes what came, all of it, and returns what of it is the peer's plaintext, at the beginning of
  // `buffer`. During the handshake that is nothing; the answer is in output(). An error ends the
  // session, when what is in output(), which says why, has been sent. REQUIRES: the buffer is
  // larger than the ciphertext by kMaxRecordBytes.
  std::string_view Decrypt(std::string_view ciphertext, std::span<char> buffer, error_code& ec);
  // The handshake is over.
  bool is_open() const { return SSL_is_init_finished(ssl_.get()) != 0; }
  // The peer has said that it sends nothing more (close_notify).
  bool has_peer_ended() const {
    return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
  }

  // Appends these bytes to output(), encrypted. False when the session is broken, which may be the
  // peer's doing: then nothing more can be sent. REQUIRES: the handshake has been over.
  [[nodiscard]] bool Encrypt(std::span<const iovec> pieces);
  // Appends that nothing more comes (close_notify), once; before the handshake is over, nothing.
  void EncryptEnd();

  // What is to be sent next.
  std::string_view output() const { return std::string_view(output_).substr(sent_); }
  // So many bytes of it were.
  void ConsumeOutput(std::size_t bytes);
  // Nothing is sent any more.
  void DropOutput() { ConsumeOutput(output().size()); }

  // How many messages of a handshake the peer has sent after that: new keys (RFC 8446 section
  // 4.6.3), or that it wants another handshake, which it does not get. Each is work, and brings
  // nothing.
  std::uint64_t late_handshakes() const { return late_handshakes_; }

  // For the log: "TLSv1.3".
  std::string_view version() const { return SSL_get_version(ssl_.get()); }

 private:
  struct Bio;

  // What OpenSSL tells of each message and record.
  static void OnTlsMessage(int is_sent, int version, int content_type, const void* bytes,
                           std::size_t size, SSL* ssl, void* session);
  void EncryptRun(const void* bytes, std::size_t size);
  bool CanEncrypt() const { return !is_broken_ && !has_ended_; }

  SslPtr ssl_;
  // What has not been decrypted yet, during Decrypt.
  std::string_view input_;
  // Of which `sent_` bytes have been sent.
  std::string output_;
  std::size_t sent_ = 0;
  std::uint64_t late_handshakes_ = 0;
  bool was_open_ = false;
  bool has_ended_ = false;
  bool is_broken_ = false;
};

}  // namespace fanfare
