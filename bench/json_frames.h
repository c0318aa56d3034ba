// The frames of the chat's JSON protocol that a load needs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace fanfare::bench {

// Publishes a text in which nothing needs to be escaped.
std::string JsonPublish(std::string_view room, std::uint32_t id, std::string_view text);

// The text of a message that somebody published, if nothing in it is escaped and nothing comes with
// it; nullopt for any other frame.
std::optional<std::string_view> JsonMessageText(std::string_view frame);

// An error if a frame says that a request was refused.
absl::Status CheckJsonFrame(std::string_view frame);

}  // namespace fanfare::bench
