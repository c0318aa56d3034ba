// The token of a session: until when it holds, and its renewal.
#pragma once

#include <chrono>
#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "core/auth/authenticator.h"
#include "core/auth/identity.h"
#include "core/auth/user_counts.h"

namespace fanfare {

// What a session is let in with.
struct Admission {
  // Null where no token is asked for.
  std::shared_ptr<const Identity> identity = nullptr;
  UserCounts::Place place = {};
};

// Follows the token of one session from its admission on.
//
// Thread: one at a time.
class SessionToken {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // REQUIRES: the admission has an identity.
  SessionToken(Admission admission, Time now);

  const std::shared_ptr<const Identity>& identity() const { return admission_.identity; }

  // Verifies another token, which must be of the same user; from then on it counts. After an error,
  // the one before does. The error is for who sent the token.
  absl::Status Renew(const Authenticator& authenticator, std::string_view token, Time now);

  enum class State { kValid, kExpiresSoon, kExpired };
  // How things stand. kExpiresSoon once for each token: when a quarter of what was left of it, and
  // 30 s at most, is left.
  State Check(Time now);
  // How long it holds; zero when it does not.
  std::chrono::milliseconds Left(Time now) const;

 private:
  void Begin(Time now);

  Admission admission_;
  // On a clock that nobody sets.
  Time expires_at_;
  Time warn_at_;
  bool was_warned_ = false;
};

}  // namespace fanfare
