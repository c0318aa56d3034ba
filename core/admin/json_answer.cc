#include "core/admin/json_answer.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "core/compat.h"
#include "core/dispatch.h"
#include "core/json_text.h"
#include "core/strict_json.h"

namespace fanfare {

Response JsonAnswer(const nlohmann::ordered_json& value, int status) {
  return {
      .status = status,
      .content_type = "application/json",
      .body = value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n"};
}

Response BadRequest(const absl::Status& status) {
  return Refusal(400, ToStd(status.message()));
}

absl::StatusOr<std::uint64_t> NumberOf(const Request& request, std::string_view name,
                                       Options::Range range, std::uint64_t fallback) {
  const auto number = request.QueryNumber(name, static_cast<std::uint64_t>(range.min),
                                          static_cast<std::uint64_t>(range.max), fallback);
  if (number) return *number;
  return absl::InvalidArgumentError(
      absl::StrCat(ToAbsl(name), ": expected a whole number from ", range.min, " to ", range.max));
}

absl::StatusOr<Options> ReadBody(const Request& request) {
  absl::StatusOr<nlohmann::json> body = ParseStrictJson(request.body);
  if (!body.ok()) return body.status();
  if (!body->is_object()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the body: expected a JSON object, got ", ShowJson(*body)));
  }
  return Options(*std::move(body), "");
}

std::string TimeText(std::chrono::system_clock::time_point time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromChrono(time), absl::UTCTimeZone());
}

}  // namespace fanfare
