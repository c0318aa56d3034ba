// Times as people and programs read them.
#pragma once

#include <chrono>
#include <string>

namespace fanfare::chat {

// RFC 3339 in UTC, with milliseconds: "2026-11-24T09:30:00.000Z".
std::string TimeText(std::chrono::system_clock::time_point time);

}  // namespace fanfare::chat
