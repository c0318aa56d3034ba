#include "core/auth/authenticator.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/auth/key_file.h"
#include "core/compat.h"
#include "core/endpoint.h"
#include "core/event_log.h"
#include "core/log_text.h"

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
  const std::string peer = ToString(request.peer);
  const std::string text =
      absl::StrCat("was refused at ", EscapeForLog(request.path), ": ", ToAbsl(why));
  WriteLog(LogEvent::kUnauthorized, {.about = {.peer = peer, .route = request.route},
                                     .text = text,
                                     .fields = {{"path", request.path}, {"reason", why}}});
}

}  // namespace fanfare
