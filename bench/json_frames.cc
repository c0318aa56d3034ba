#include "bench/json_frames.h"

#include <cstring>

#include "absl/strings/str_cat.h"

namespace fanfare::bench {
namespace {

absl::string_view View(std::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

std::string JsonPublish(std::string_view room, std::uint32_t id, std::string_view text) {
  return absl::StrCat(R"({"type":"publish","id":")", id, R"(","room":")", View(room),
                      R"(","text":")", View(text), R"("})");
}

std::optional<std::string_view> JsonMessageText(std::string_view frame) {
  constexpr std::string_view kText = R"("text":")";
  constexpr std::string_view kEnd = R"("})";
  if (!frame.starts_with(R"({"type":"message",)")) {
    return std::nullopt;
  }
  if (!frame.ends_with(kEnd)) {
    return std::nullopt;
  }
  // From its end, and with the C library: what the load needs for a message, of which it reads 16
  // at once, is time in which the server waits for what comes next.
  const std::string_view before = frame.substr(0, frame.size() - kEnd.size());
  const void* const quote = ::memrchr(before.data(), '"', before.size());
  if (quote == nullptr) {
    return std::nullopt;
  }
  const auto begin = static_cast<std::size_t>(static_cast<const char*>(quote) - before.data()) + 1;
  return before.substr(0, begin).ends_with(kText) ? std::optional(before.substr(begin))
                                                  : std::nullopt;
}

absl::Status CheckJsonFrame(std::string_view frame) {
  if (frame.starts_with(R"({"type":"error",)")) {
    return absl::FailedPreconditionError(absl::StrCat("refused: ", View(frame)));
  }
  return absl::OkStatus();
}

}  // namespace fanfare::bench
