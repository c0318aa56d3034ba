#include "core/auth/auth_settings.h"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/json_text.h"

namespace fanfare {
namespace {

using nlohmann::json;

constexpr std::int64_t kMostConnections = 10'000'000;
constexpr std::int64_t kMostLeewaySeconds = 300;

// A token of RFC 9110 section 5.6.2, which the name of a cookie is.
bool IsCookieName(std::string_view name) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return std::ranges::all_of(name, [&](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           kMarks.find(c) != std::string_view::npos;
  });
}

// A string that is not empty if it is there.
std::string Text(Options& options, std::string_view name, std::string_view fallback = "") {
  std::string text = options.String(name, fallback);
  if (options.Has(name) && text.empty()) options.Fail(name, "expected a string that is not empty");
  return text;
}

absl::StatusOr<std::optional<JwtSettings>> ReadJwt(Options options, const std::string& path) {
  JwtSettings jwt;
  jwt.path = path;
  jwt.algorithm = options.Choice("algorithm", jwt.algorithm, kAlgorithms);
  if (!options.Has("algorithm")) {
    options.Fail("algorithm", R"(missing; expected one of "HS256", "RS256", "ES256")");
  }
  jwt.key_file = Text(options, "key_file");
  jwt.jwks_file = Text(options, "jwks_file");
  if (options.Has("key_file") == options.Has("jwks_file")) {
    options.Fail("key_file", "expected either this or jwks_file");
  }
  jwt.issuer = Text(options, "issuer");
  jwt.audience = Text(options, "audience");
  jwt.leeway = std::chrono::seconds(options.Int("leeway_seconds", 0, {0, kMostLeewaySeconds}));
  jwt.cookie = Text(options, "cookie");
  if (!IsCookieName(jwt.cookie)) options.Fail("cookie", "expected the name of a cookie");
  jwt.user_connections =
      static_cast<std::size_t>(options.Int("user_connections", 0, {0, kMostConnections}));
  jwt.rooms_claim = Text(options, "rooms_claim", jwt.rooms_claim);
  jwt.rooms_required = options.Bool("rooms_required", false);
  if (absl::Status status = options.Finish(); !status.ok()) return status;
  return jwt;
}

}  // namespace

absl::StatusOr<std::optional<JwtSettings>> ReadAuth(const json& value, const std::string& path) {
  if (value.is_null() || value == "none") return std::nullopt;
  if (!value.is_object()) {
    return absl::InvalidArgumentError(
        AtPath(path, absl::StrCat(R"(expected "none" or {"jwt": {...}}, got )", ShowJson(value))));
  }
  Options auth(value, path);
  if (!auth.Has("jwt")) auth.Fail("jwt", "missing; expected an object");
  const json jwt = auth.Take("jwt");
  if (absl::Status status = auth.Finish(); !status.ok()) return status;
  return ReadJwt(Options(jwt, auth.PathOf("jwt")), auth.PathOf("jwt"));
}

std::vector<OptionText> DescribeJwt(const JwtSettings& settings) {
  std::vector<OptionText> members;
  const auto add = [&members](const char* name, const char* meaning, json value) {
    if (value.is_string() && value.get_ref<const std::string&>().empty()) return;
    members.push_back({.name = name, .meaning = meaning, .value = std::move(value)});
  };
  add("algorithm", "the only one that a token may have", NameOf(settings.algorithm));
  add("key_file", "the secret of HS256, or public keys in PEM", settings.key_file);
  add("jwks_file", "a JSON Web Key Set", settings.jwks_file);
  add("issuer", "what iss must be", settings.issuer);
  add("audience", "what aud must be, or have", settings.audience);
  add("leeway_seconds", "by so much may clocks differ", settings.leeway.count());
  add("cookie", "the name of one that may hold the token", settings.cookie);
  add("user_connections", "sessions of one user; above it: 429; 0: no limit",
      settings.user_connections);
  add("rooms_claim", "the claim with the rooms that a user may join, publish to and list",
      settings.rooms_claim);
  add("rooms_required", "whether a token must have that claim", settings.rooms_required);
  return members;
}

}  // namespace fanfare
