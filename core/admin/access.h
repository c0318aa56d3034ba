// Who may use the admin's page and JSON.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/request.h"

namespace fanfare {

// There are no passwords: whoever reaches the address may ask and steer, but for pages of other
// sites in the browser of somebody who does. So the Host must be an IP address, localhost or one of
// the names of `admin.hosts`, which keeps out names that stand for our address by a stranger's
// will; and what changes something must not come from another site's page, and say that it is JSON,
// which no form can send. What a GET answers, other sites' pages can not read.
//
// Thread: any. Immutable.
class AdminAccess {
 public:
  explicit AdminAccess(std::vector<std::string> hosts) : hosts_(std::move(hosts)) {}

  // Why a request may not, and the status that says so; nothing, if it may.
  struct Denial {
    int status = 0;
    std::string why;
  };
  std::optional<Denial> Refuse(const Request& request) const;

 private:
  std::vector<std::string> hosts_;
};

}  // namespace fanfare
