#include "core/request.h"

#include "absl/strings/match.h"
#include "core/compat.h"

namespace fanfare {
namespace {

template <typename Equal>
std::string_view Find(const Request::Fields& fields, std::string_view name, Equal equal) {
  for (const auto& [key, value] : fields) {
    if (equal(key, name)) return value;
  }
  return {};
}

bool SameText(std::string_view a, std::string_view b) {
  return a == b;
}

bool SameHeader(std::string_view a, std::string_view b) {
  return absl::EqualsIgnoreCase(ToAbsl(a), ToAbsl(b));
}

}  // namespace

std::string_view Request::Param(std::string_view name) const {
  return Find(params, name, SameText);
}

std::string_view Request::Query(std::string_view name) const {
  return Find(query, name, SameText);
}

std::string_view Request::Header(std::string_view name) const {
  return Find(headers, name, SameHeader);
}

}  // namespace fanfare
