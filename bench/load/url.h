// Where a load connects to.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "bench/endpoint.h"

namespace fanfare::bench {

// A ws:// URL, in whose path `{room}` stands for the number of a room.
struct Url {
  std::string text;
  Endpoint server;
  std::string path = "/";

  bool has_room() const { return path.find("{room}") != path.npos; }
  std::string PathOf(std::size_t room) const;
};

// Parses ws://HOST:PORT/PATH, where the host is `localhost` or an IPv4 address in digits: a load
// should not wait for names.
absl::StatusOr<Url> ParseUrl(std::string_view text);

}  // namespace fanfare::bench
