#include "core/target.h"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "core/compat.h"
#include "core/percent.h"

namespace fanfare {
namespace {

// The query's fields; nothing when one of them does not decode.
std::optional<Request::Fields> DecodeQuery(const boost::urls::url_view& url) {
  Request::Fields fields;
  for (const auto field : url.encoded_params()) {
    // "a&&b" has an empty field.
    if (field.key.empty() && !field.has_value) continue;
    auto name = PercentDecode(ToStd(field.key), PlusSign::kIsSpace);
    auto value = PercentDecode(ToStd(field.value), PlusSign::kIsSpace);
    if (!name.has_value() || !value.has_value()) return std::nullopt;
    fields.emplace_back(*std::move(name), *std::move(value));
  }
  return fields;
}

}  // namespace

absl::StatusOr<Target> ParseTarget(std::string_view target) {
  if (!target.starts_with('/')) {
    return absl::InvalidArgumentError("the request target must start with a slash");
  }
  const auto url = boost::urls::parse_origin_form({target.data(), target.size()});
  if (!url) {
    return absl::InvalidArgumentError(
        "the request target has a malformed escape or a character "
        "that must be escaped");
  }
  // Of the text itself: the library may show a path that starts with two slashes in another way.
  const std::string_view path = target.substr(0, target.find('?'));
  if (!PercentDecode(path).has_value()) {
    return absl::InvalidArgumentError("the path is not UTF-8 text");
  }
  std::optional<Request::Fields> query = DecodeQuery(*url);
  if (!query.has_value()) return absl::InvalidArgumentError("the query is not UTF-8 text");
  return Target{.path = std::string(path), .query = *std::move(query)};
}

}  // namespace fanfare
