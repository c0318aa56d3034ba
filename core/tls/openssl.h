// OpenSSL's objects with their owners, and its errors as text.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

#include "core/net/net.h"

namespace fanfare {

// Frees an object of OpenSSL's by its own function.
template <auto Function>
struct FreeWith {
  template <typename T>
  void operator()(T* object) const {
    Function(object);
  }
};

using BioPtr = std::unique_ptr<BIO, FreeWith<BIO_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using SslContextPtr = std::unique_ptr<SSL_CTX, FreeWith<SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, FreeWith<SSL_free>>;
using X509Ptr = std::unique_ptr<X509, FreeWith<X509_free>>;

// What went wrong since the queue of this thread was empty, which it is again afterwards. Of
// several errors, that of TLS itself, and else the first, from which the others follow. Its message
// is OpenSSL's, such as "wrong version number".
error_code TakeTlsError();

// Whether an error is one of these.
bool IsTlsError(const error_code& ec);
// Of a handshake: the peer has sent an HTTP request in plain text.
bool IsPlainHttp(const error_code& ec);

}  // namespace fanfare
