#include "core/auth/session_token.h"

#include <algorithm>
#include <utility>

#include "core/check.h"

namespace fanfare {
namespace {

constexpr std::chrono::seconds kMostWarning{30};
constexpr int kWarningPart = 4;

}  // namespace

SessionToken::SessionToken(Admission admission, Time now) : admission_(std::move(admission)) {
  FANFARE_CHECK(admission_.identity != nullptr, "a token belongs to somebody");
  Begin(now);
}

void SessionToken::Begin(Time now) {
  const auto left = admission_.identity->expires_at - std::chrono::system_clock::now();
  expires_at_ = now + std::max<Time::duration>(left, Time::duration::zero());
  warn_at_ = expires_at_ - std::min<Time::duration>(kMostWarning, left / kWarningPart);
  was_warned_ = false;
}

absl::Status SessionToken::Renew(const Authenticator& authenticator, std::string_view token,
                                 Time now) {
  absl::StatusOr<std::shared_ptr<const Identity>> renewed = authenticator.Verify(token);
  if (!renewed.ok()) return renewed.status();
  if ((*renewed)->user != admission_.identity->user) {
    return absl::PermissionDeniedError("the token is of another user");
  }
  admission_.identity = *std::move(renewed);
  Begin(now);
  return absl::OkStatus();
}

SessionToken::State SessionToken::Check(Time now) {
  if (now >= expires_at_) return State::kExpired;
  if (now < warn_at_ || std::exchange(was_warned_, true)) return State::kValid;
  return State::kExpiresSoon;
}

std::chrono::milliseconds SessionToken::Left(Time now) const {
  return std::max(std::chrono::duration_cast<std::chrono::milliseconds>(expires_at_ - now),
                  std::chrono::milliseconds::zero());
}

}  // namespace fanfare
