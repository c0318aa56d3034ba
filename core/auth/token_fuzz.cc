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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fanfare::JwtVerifier verifier = MakeVerifier();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto verified = verifier.Verify(text);
  FANFARE_CHECK(verified.ok() || !verified.status().message().empty(), "an error says why");

  const auto token = fanfare::ParseToken(text);
  FANFARE_CHECK(token.ok() || !token.status().message().empty(), "an error says why");
  FANFARE_CHECK(token.ok() || !verified.ok(), "what is no token is not verified");
  if (!token.ok()) return 0;
  // Nobody guesses a signature: the claims are read as if it were right.
  const auto claims = fanfare::ParseClaims(*token);
  if (!claims.ok()) return 0;
  const fanfare::JwtSettings settings = {.issuer = "us", .audience = "fanfare"};
  const std::chrono::system_clock::time_point now{std::chrono::seconds(1'800'000'000)};
  for (const auto& each : {fanfare::JwtSettings(), settings}) {
    const auto identity = fanfare::ReadClaims(*claims, each, now);
    FANFARE_CHECK(identity.ok() || !identity.status().message().empty(), "an error says why");
    FANFARE_CHECK(!identity.ok() || (!identity->user.empty() && identity->expires_at > now),
                  "who is let in is somebody, for some time");
  }
  return 0;
}
