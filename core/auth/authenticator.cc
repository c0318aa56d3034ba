#include "core/auth/authenticator.h"

#include <chrono>
#include <utility>

#include "core/auth/key_file.h"
#include "core/endpoint.h"
#include "core/log_text.h"
#include "spdlog/spdlog.h"

namespace fanfare {

absl::StatusOr<std::unique_ptr<Authenticator>> Authenticator::Make(const JwtSettings& settings,
                                                                   const Authenticator* before) {
  absl::StatusOr<std::vector<NamedKey>> keys = ReadKeys(settings);
  if (!keys.ok()) return keys.status();
  auto users = before == nullptr ? std::make_shared<UserCounts>() : before->users_;
  return std::unique_ptr<Authenticator>(
      new Authenticator(settings, *std::move(keys), std::move(users)));
}

Authenticator::Authenticator(const JwtSettings& settings, std::vector<NamedKey> keys,
                             std::shared_ptr<UserCounts> users)
    : cookie_(settings.cookie),
      user_connections_(settings.user_connections),
      verifier_(settings, std::move(keys)),
      users_(std::move(users)) {}

absl::StatusOr<Authenticator::Verified> Authenticator::Verify(const Request& request) const {
  const absl::StatusOr<ShownToken> shown = FindToken(request, cookie_);
  if (!shown.ok()) return shown.status();
  absl::StatusOr<std::shared_ptr<const Identity>> identity = Verify(shown->token);
  if (!identity.ok()) return identity.status();
  return Verified{.identity = *std::move(identity), .shown = *shown};
}

absl::StatusOr<std::shared_ptr<const Identity>> Authenticator::Verify(
    std::string_view token) const {
  absl::StatusOr<Identity> identity = verifier_.Verify(token);
  if (!identity.ok()) return identity.status();
  return std::make_shared<const Identity>(*std::move(identity));
}

std::optional<UserCounts::Place> Authenticator::Connect(const Identity& identity) const {
  return users_->Acquire(identity.user, user_connections_);
}

void Authenticator::TellRefused(const Request& request, std::string_view why) const {
  const std::uint64_t refused = log_.Count(std::chrono::steady_clock::now());
  if (refused == 0) return;
  spdlog::warn("{} was refused at {}: {}; so many refused since this was last said: {}",
               ToString(request.peer), EscapeForLog(request.path), why, refused);
}

}  // namespace fanfare
