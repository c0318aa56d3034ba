#include "bench/json_frames.h"

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
  if (!frame.starts_with(R"({"type":"message",)")) {
    return std::nullopt;
  }
  const std::size_t begin = frame.find(kText);
  if (begin == frame.npos) {
    return std::nullopt;
  }
  const std::string_view rest = frame.substr(begin + kText.size());
  return rest.substr(0, rest.find('"'));
}

absl::Status CheckJsonFrame(std::string_view frame) {
  if (frame.starts_with(R"({"type":"error",)")) {
    return absl::FailedPreconditionError(absl::StrCat("refused: ", View(frame)));
  }
  return absl::OkStatus();
}

}  // namespace fanfare::bench
