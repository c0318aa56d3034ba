// OpenSSL's errors as text.
#pragma once

#include <string>

#include "core/net/net.h"
#include "core/tls/openssl_ptr.h"

namespace fanfare {

// What went wrong since the queue of this thread was empty, which it is again afterwards. Of
// several errors, that of TLS itself, and else the first, from which the others follow. Its message
// is OpenSSL's, such as "wrong version number".
error_code TakeTlsError();

// Whether an error is one of these.
bool IsTlsError(const error_code& ec);
// Of a handshake: the peer has sent an HTTP request in plain text.
bool IsPlainHttp(const error_code& ec);

// What OpenSSL itself never says: that a peer changes its keys too often.
error_code TooManyKeyUpdates();

}  // namespace fanfare
