// Whatever a token is, it is taken apart or refused with a reason; and whatever its claims are.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/auth/claims.h"
#include "core/auth/jwt_verifier.h"
#include "core/auth/token.h"
#include "core/check.h"

namespace {

fanfare::JwtVerifier MakeVerifier() {
  std::vector<fanfare::NamedKey> keys;
  keys.push_back({.key = *fanfare::VerificationKey::FromSecret(std::string(32, 'k'))});
  return {{}, std::move(keys)};
}

void CheckReason(const absl::Status& status) {
  const bool is_silent = !status.ok() && status.message().empty();
  FANFARE_CHECK(!is_silent, "an error says why");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fanfare::JwtVerifier kVerifier = MakeVerifier();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto verified = kVerifier.Verify(text);
  CheckReason(verified.status());

  const auto token = fanfare::ParseToken(text);
  CheckReason(token.status());
  if (!token.ok()) {
    FANFARE_CHECK(!verified.ok(), "what is no token is not verified");
    return 0;
  }
  // Nobody guesses a signature: the claims are read as if it were right.
  const auto claims = fanfare::ParseClaims(*token);
  if (!claims.ok()) return 0;
  const fanfare::JwtSettings settings = {.issuer = "us", .audience = "fanfare"};
  const std::chrono::system_clock::time_point now{std::chrono::seconds(1'800'000'000)};
  for (const auto& each : {fanfare::JwtSettings(), settings}) {
    const auto identity = fanfare::ReadClaims(*claims, each, now);
    CheckReason(identity.status());
    if (!identity.ok()) continue;
    FANFARE_CHECK(!identity->user.empty(), "who is let in is somebody");
    FANFARE_CHECK(identity->expires_at > now, "who is let in is so for some time");
  }
  return 0;
}
