// Decides whether a client may come in at a route, and who it is.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/auth/identity.h"
#include "core/auth/jwt_settings.h"
#include "core/auth/jwt_verifier.h"
#include "core/auth/token_source.h"
#include "core/auth/user_counts.h"
#include "core/request.h"

namespace fanfare {

// What `auth.jwt` of a route's entry asks for.
//
// Thread: any. Lifetime: that of the route table it is for.
class Authenticator {
 public:
  // Reads the keys. The error names the JSON path of what is wrong, and the file. What users have
  // open counts together with what they have from `before`, which a reload replaces, if there is
  // one.
  static absl::StatusOr<std::unique_ptr<Authenticator>> Make(const JwtSettings& settings,
                                                             const Authenticator* before = nullptr);

  struct Verified {
    std::shared_ptr<const Identity> identity;
    ShownToken shown;
  };
  // Who sends a request: kNotFound if it shows no token, kInvalidArgument if it shows several,
  // kUnauthenticated if it shows one that is not right. The error is for who sent it, and repeats
  // nothing of the token.
  absl::StatusOr<Verified> Verify(const Request& request) const;
  // The same for a token alone.
  absl::StatusOr<std::shared_ptr<const Identity>> Verify(std::string_view token) const;

  // A place for a session of this user at this route; or no place.
  std::optional<UserCounts::Place> Connect(const Identity& identity) const;
  std::size_t user_connections() const { return user_connections_; }

  // Tells the log that somebody was refused, once per second in all.
  void TellRefused(const Request& request, std::string_view why) const;

 private:
  Authenticator(const JwtSettings& settings, std::vector<NamedKey> keys,
                std::shared_ptr<UserCounts> users);

  const std::string cookie_;
  const std::size_t user_connections_;
  const JwtVerifier verifier_;
  const std::shared_ptr<UserCounts> users_;
};

}  // namespace fanfare
