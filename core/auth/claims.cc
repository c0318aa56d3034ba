#include "core/auth/claims.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/compat.h"

namespace fanfare {
namespace {

using nlohmann::json;
using Seconds = std::chrono::sys_seconds;

constexpr std::size_t kMaxUserBytes = 256;

// The year 2200. Clocks of nanoseconds end in 2262.
constexpr std::int64_t kLatestTime = 7'258'118'400;

absl::Status Refused(std::string_view why) {
  return absl::UnauthenticatedError(absl::StrCat("the token ", ToAbsl(why)));
}

absl::Status WrongType(std::string_view claim, std::string_view expected) {
  return Refused(
      absl::StrCat("has a claim \"", ToAbsl(claim), "\" that is not ", ToAbsl(expected)));
}

// A claim, or null.
const json* Find(const json& claims, std::string_view name) {
  const auto found = claims.find(name);
  return found == claims.end() ? nullptr : &*found;
}

// Seconds since 1970, whole or not (NumericDate); those beyond what a clock holds are its end.
std::optional<Seconds> TimeOf(const json& value) {
  std::int64_t seconds = 0;
  if (const auto* number = value.get_ptr<const json::number_unsigned_t*>()) {
    seconds = static_cast<std::int64_t>(
        std::min<std::uint64_t>(*number, static_cast<std::uint64_t>(kLatestTime)));
  } else if (const auto* whole = value.get_ptr<const json::number_integer_t*>()) {
    seconds = std::clamp<std::int64_t>(*whole, 0, kLatestTime);
  } else if (const auto* real = value.get_ptr<const json::number_float_t*>()) {
    seconds = static_cast<std::int64_t>(
        std::clamp(std::floor(*real), 0.0, static_cast<double>(kLatestTime)));
  } else {
    return std::nullopt;
  }
  return Seconds(std::chrono::seconds(seconds));
}

// C0, DEL and C1 (U+0080 to U+009F, which is C2 80 to C2 9F).
bool HasControlCharacter(std::string_view text) {
  unsigned char before = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F || (before == 0xC2 && byte < 0xA0)) return true;
    before = byte;
  }
  return false;
}

absl::Status CheckTimes(const json& claims, const JwtSettings& settings,
                        std::chrono::system_clock::time_point now, Identity& identity) {
  const json* expiry = Find(claims, "exp");
  if (expiry == nullptr) return Refused("has no \"exp\": it would never expire");
  const std::optional<Seconds> expires = TimeOf(*expiry);
  if (!expires) return WrongType("exp", "a number");
  identity.expires_at = *expires + settings.leeway;
  if (now >= identity.expires_at) return Refused("has expired");
  if (const json* start = Find(claims, "nbf")) {
    const std::optional<Seconds> starts = TimeOf(*start);
    if (!starts) return WrongType("nbf", "a number");
    if (now + settings.leeway < *starts) return Refused("is not valid yet");
  }
  return absl::OkStatus();
}

absl::Status CheckIssuer(const json& claims, const JwtSettings& settings) {
  if (settings.issuer.empty()) return absl::OkStatus();
  const json* issuer = Find(claims, "iss");
  if (issuer == nullptr || !issuer->is_string() ||
      issuer->get_ref<const std::string&>() != settings.issuer) {
    return Refused("is of another issuer");
  }
  return absl::OkStatus();
}

absl::Status CheckAudience(const json& claims, const JwtSettings& settings) {
  const json* audience = Find(claims, "aud");
  if (audience == nullptr) {
    return settings.audience.empty() ? absl::OkStatus() : Refused("is for another audience");
  }
  const json& list = audience->is_array() ? *audience : json::array({*audience});
  bool is_for_us = false;
  for (const json& each : list) {
    if (!each.is_string()) return WrongType("aud", "a string or an array of strings");
    is_for_us |= each.get_ref<const std::string&>() == settings.audience;
  }
  if (settings.audience.empty() || !is_for_us) return Refused("is for another audience");
  return absl::OkStatus();
}

absl::Status ReadNames(const json& claims, Identity& identity) {
  const json* subject = Find(claims, "sub");
  if (subject == nullptr) return Refused("has no \"sub\": it names no user");
  if (!subject->is_string()) return WrongType("sub", "a string");
  identity.user = subject->get<std::string>();
  if (identity.user.empty() || identity.user.size() > kMaxUserBytes ||
      HasControlCharacter(identity.user)) {
    return WrongType("sub",
                     absl::StrCat("1 to ", kMaxUserBytes, " bytes without control characters"));
  }
  if (const json* name = Find(claims, "name")) {
    if (!name->is_string()) return WrongType("name", "a string");
    identity.name = name->get<std::string>();
  }
  return absl::OkStatus();
}

// Nothing, if it is no array of patterns.
std::optional<RoomPatterns> PatternsOf(const json& value) {
  if (!value.is_array()) return std::nullopt;
  std::vector<std::string> patterns;
  for (const json& each : value) {
    if (!each.is_string()) return std::nullopt;
    patterns.push_back(each.get<std::string>());
  }
  absl::StatusOr<RoomPatterns> made = RoomPatterns::Make(patterns);
  if (!made.ok()) return std::nullopt;
  return *std::move(made);
}

absl::Status ReadRooms(const json& claims, const JwtSettings& settings, Identity& identity) {
  const json* rooms = Find(claims, settings.rooms_claim);
  if (rooms == nullptr) {
    if (!settings.rooms_required) return absl::OkStatus();
    return Refused(absl::StrCat("has no \"", settings.rooms_claim, "\", which is required"));
  }
  Permissions& permissions = identity.permissions;
  constexpr std::string_view kExpected =
      "an array of patterns such as \"tea\", \"team-*\" or \"*\", or an object with such arrays "
      "named join, publish and list";
  if (rooms->is_object()) {
    permissions = {.join = {}, .publish = {}, .list = {}};
    for (const auto& [name, member] :
         {std::pair("join", &permissions.join), std::pair("publish", &permissions.publish),
          std::pair("list", &permissions.list)}) {
      const json* value = Find(*rooms, name);
      if (value == nullptr) continue;
      std::optional<RoomPatterns> patterns = PatternsOf(*value);
      if (!patterns) return WrongType(settings.rooms_claim, kExpected);
      *member = *std::move(patterns);
    }
    return absl::OkStatus();
  }
  const std::optional<RoomPatterns> patterns = PatternsOf(*rooms);
  if (!patterns) return WrongType(settings.rooms_claim, kExpected);
  permissions = {.join = *patterns, .publish = *patterns, .list = *patterns};
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Identity> ReadClaims(const json& claims, const JwtSettings& settings,
                                    std::chrono::system_clock::time_point now) {
  Identity identity;
  for (const absl::Status& status :
       {CheckTimes(claims, settings, now, identity), CheckIssuer(claims, settings),
        CheckAudience(claims, settings), ReadNames(claims, identity),
        ReadRooms(claims, settings, identity)}) {
    if (!status.ok()) return status;
  }
  return identity;
}

}  // namespace fanfare
