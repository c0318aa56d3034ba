#include "core/tls/openssl.h"

#include <openssl/err.h>

#include <system_error>

namespace fanfare {
namespace {

class TlsCategory final : public std::error_category {
 public:
  const char* name() const noexcept override { return "tls"; }
  std::string message(int value) const override {
    const char* reason = ERR_reason_error_string(static_cast<unsigned long>(value));
    return reason == nullptr ? "a failure of TLS" : reason;
  }
};

const TlsCategory& Category() {
  static const TlsCategory kCategory;
  return kCategory;
}

// Common errors only name the part of OpenSSL that has one of its own in the queue.
bool IsOfTls(unsigned long error) {
  return ERR_GET_LIB(error) == ERR_LIB_SSL && !ERR_COMMON_ERROR(error);
}

error_code ToErrorCode(unsigned long error) {
  return std::error_code(static_cast<int>(error), Category());
}

}  // namespace

error_code TakeTlsError() {
  unsigned long error = ERR_get_error();
  for (unsigned long next = error; next != 0; next = ERR_get_error()) {
    if (!IsOfTls(error)) error = IsOfTls(next) ? next : error;
  }
  // 1 is no error's number, and still is an error.
  return ToErrorCode(error == 0 ? 1 : error);
}

error_code TooManyKeyUpdates() {
  return ToErrorCode(ERR_PACK(ERR_LIB_SSL, 0, SSL_R_TOO_MANY_KEY_UPDATES));
}

bool IsTlsError(const error_code& ec) {
  return std::error_code(ec).category() == Category();
}

bool IsPlainHttp(const error_code& ec) {
  if (!IsTlsError(ec)) return false;
  return ERR_GET_REASON(static_cast<unsigned long>(std::error_code(ec).value())) ==
         SSL_R_HTTP_REQUEST;
}

}  // namespace fanfare
