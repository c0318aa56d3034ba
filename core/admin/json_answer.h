// What the admin's JSON interface has in common: answers, and what it reads of requests.
#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/options.h"
#include "core/request.h"

namespace fanfare {

// Text in it that is not UTF-8 is mended.
Response JsonAnswer(const nlohmann::ordered_json& value, int status = 200);
// 400 with the status's message: see Refusal.
Response BadRequest(const absl::Status& status);

// A number of the query; the fallback, if it is absent or empty. The error names it and the range,
// which has no negative numbers.
absl::StatusOr<std::uint64_t> NumberOf(const Request& request, std::string_view name,
                                       Options::Range range, std::uint64_t fallback);
// The body, which must be a JSON object.
absl::StatusOr<Options> ReadBody(const Request& request);

// RFC 3339, to the second, in UTC.
std::string TimeText(std::chrono::system_clock::time_point time);

}  // namespace fanfare
