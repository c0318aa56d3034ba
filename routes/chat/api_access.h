// Who may use the HTTP interface.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/request.h"

namespace fanfare::chat {

// With keys, whoever shows one of them (RFC 6750: `Authorization: Bearer KEY`). Without, programs
// of this machine, if no other can reach the server: the peer is a loopback address, no proxy says
// that it passes on what another asks, and no web page of another site is behind it, which a
// browser's `Origin` and `Host` tell (the latter when a stranger's name stands for our address).
//
// Thread: any.
class ApiAccess {
 public:
  ApiAccess(std::vector<std::string> keys, bool is_loopback_only);

  // The answer to a request that may not; nothing, if it may. Where the configuration asks for
  // tokens, the core has let in who showed one, and it is enough.
  std::optional<Response> Refuse(const Request& request) const;
  // Whether a request shows one of the keys.
  bool HasKey(const Request& request) const;

  // Whether text can be a key: 1 or more characters that can stand after "Bearer".
  static bool IsKey(std::string_view text);

 private:
  const std::vector<std::string> keys_;
  const bool is_loopback_only_;
};

}  // namespace fanfare::chat
