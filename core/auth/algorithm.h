// How tokens are signed.
#pragma once

#include <array>
#include <string_view>
#include <utility>

namespace fanfare {

// RFC 7518 section 3.1: HMAC with SHA-256, RSASSA-PKCS1-v1_5 with SHA-256, ECDSA with P-256 and
// SHA-256. There is no "none".
enum class Algorithm { kHs256, kRs256, kEs256 };

// As the configuration and tokens call them.
inline constexpr std::array<std::pair<std::string_view, Algorithm>, 3> kAlgorithms = {{
    {"HS256", Algorithm::kHs256},
    {"RS256", Algorithm::kRs256},
    {"ES256", Algorithm::kEs256},
}};

constexpr std::string_view NameOf(Algorithm algorithm) {
  for (const auto& [name, value] : kAlgorithms) {
    if (value == algorithm) return name;
  }
  return "";
}

}  // namespace fanfare
