#include "core/tls/tls_session.h"

#include <openssl/bio.h>
#include <openssl/err.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include "core/check.h"

namespace fanfare {
namespace {

// As much as goes into one record.
constexpr std::size_t kRecordBytes = 16 * 1024;
// An empty output keeps no more memory than this.
constexpr std::size_t kMaxIdleOutput = 512;

}  // namespace

// What OpenSSL reads from and writes to: memory of the session's, where its own BIO_s_mem would
// keep copies.
struct TlsSession::Bio {
  static TlsSession& SessionOf(BIO* bio) { return *static_cast<TlsSession*>(BIO_get_data(bio)); }

  static int Read(BIO* bio, char* to, std::size_t size, std::size_t* read) {
    std::string_view& input = SessionOf(bio).input_;
    BIO_clear_retry_flags(bio);
    *read = std::min(size, input.size());
    if (*read == 0) {
      BIO_set_retry_read(bio);
      return 0;
    }
    std::memcpy(to, input.data(), *read);
    input.remove_prefix(*read);
    return 1;
  }

  // Nothing is thrown through OpenSSL: without memory, the session breaks.
  static int Write(BIO* bio, const char* from, std::size_t size, std::size_t* written) {
    BIO_clear_retry_flags(bio);
    try {
      SessionOf(bio).output_.append(from, size);
    } catch (const std::bad_alloc&) {
      return 0;
    }
    *written = size;
    return 1;
  }

  static long Control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

  // Made once, and never freed.
  static const BIO_METHOD* Method() {
    static const BIO_METHOD* const kMethod = [] {
      BIO_METHOD* const method =
          BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "fanfare");
      BIO_meth_set_read_ex(method, Read);
      BIO_meth_set_write_ex(method, Write);
      BIO_meth_set_ctrl(method, Control);
      return method;
    }();
    return kMethod;
  }
};

TlsSession::TlsSession(const TlsContexts& contexts) : ssl_(SSL_new(&contexts.first())) {
  BIO* const bio = BIO_new(Bio::Method());
  if (ssl_ == nullptr || bio == nullptr) throw std::bad_alloc();
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_accept_state(ssl_.get());
  SSL_set_msg_callback(ssl_.get(), OnTlsMessage);
  SSL_set_msg_callback_arg(ssl_.get(), this);
}

TlsSession::~TlsSession() = default;

void TlsSession::OnTlsMessage(int is_sent, int, int content_type, const void* bytes,
                              std::size_t size, SSL*, void* session) {
  if (is_sent != 0 || content_type != SSL3_RT_HANDSHAKE || size == 0) return;
  const auto type = *static_cast<const unsigned char*>(bytes);
  TlsSession& self = *static_cast<TlsSession*>(session);
  if (self.was_open_ || type == SSL3_MT_KEY_UPDATE) ++self.late_handshakes_;
}

std::string_view TlsSession::Decrypt(std::string_view ciphertext, std::span<char> buffer,
                                     error_code& ec) {
  FANFARE_CHECK(buffer.size() >= ciphertext.size() + kMaxRecordBytes, "the plaintext has room");
  input_ = ciphertext;
  std::size_t total = 0;
  ec = {};
  ERR_clear_error();
  while (true) {
    std::size_t bytes = 0;
    const int result =
        SSL_read_ex(ssl_.get(), buffer.data() + total, buffer.size() - total, &bytes);
    total += bytes;
    if (result == 1) continue;
    const int error = SSL_get_error(ssl_.get(), result);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_ZERO_RETURN) break;
    ec = TakeTlsError();
    is_broken_ = true;
    break;
  }
  input_ = {};
  was_open_ = was_open_ || is_open();
  return {buffer.data(), total};
}

bool TlsSession::Encrypt(std::span<const iovec> pieces) {
  // Small pieces, of which there may be many, go into one record.
  char together[kRecordBytes];
  std::size_t size = 0;
  for (const iovec& piece : pieces) {
    if (piece.iov_len > sizeof together - size) EncryptRun(together, std::exchange(size, 0));
    if (piece.iov_len > sizeof together || pieces.size() == 1) {
      EncryptRun(piece.iov_base, piece.iov_len);
    } else {
      std::memcpy(together + size, piece.iov_base, piece.iov_len);
      size += piece.iov_len;
    }
  }
  EncryptRun(together, size);
  return CanEncrypt();
}

void TlsSession::EncryptRun(const void* bytes, std::size_t size) {
  if (size == 0 || !CanEncrypt()) return;
  ERR_clear_error();
  std::size_t written = 0;
  // The output takes everything. What can fail nevertheless: the peer has sent a part of a message
  // that changes its keys, and OpenSSL would wait for the rest.
  if (SSL_write_ex(ssl_.get(), bytes, size, &written) != 1) is_broken_ = true;
}

void TlsSession::EncryptEnd() {
  if (!CanEncrypt() || !is_open()) return;
  has_ended_ = true;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
}

void TlsSession::ConsumeOutput(std::size_t bytes) {
  sent_ += bytes;
  if (sent_ < output_.size()) return;
  sent_ = 0;
  output_.clear();
  if (output_.capacity() > kMaxIdleOutput) output_.shrink_to_fit();
}

}  // namespace fanfare
