// The settings `routes[].auth.jwt` of the configuration.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "core/auth/algorithm.h"

namespace fanfare {

struct JwtSettings {
  // algorithm: that of the keys, and the only one that a token may have.
  Algorithm algorithm = Algorithm::kHs256;
  // key_file or jwks_file: one of the two, as from `folder`, which is the configuration's.
  std::string key_file = {};
  std::string jwks_file = {};
  std::string folder = {};
  // issuer: what `iss` must be; empty: anything.
  std::string issuer = {};
  // audience: what `aud` must be, or have among others; empty: there must be no `aud`.
  std::string audience = {};
  // leeway_seconds: by so much may clocks differ.
  std::chrono::seconds leeway{0};
  // cookie: the name of one that may hold the token; empty: none.
  std::string cookie = {};
  // user_connections: sessions and event streams of one user at this route; 0 means no limit. Above
  // it they are answered with 429.
  std::size_t user_connections = 0;
  // rooms_claim, rooms_required: the claim with the permissions, and whether a token must have it.
  std::string rooms_claim = "rooms";
  bool rooms_required = false;
  // The JSON path of this object, for errors about it.
  std::string path = {};
};

}  // namespace fanfare
