#include "core/request.h"

#include <charconv>
#include <system_error>

#include "absl/strings/ascii.h"
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

std::optional<std::uint64_t> Request::QueryNumber(std::string_view name, std::uint64_t least,
                                                  std::uint64_t most,
                                                  std::uint64_t fallback) const {
  const std::string_view text = Query(name);
  if (text.empty()) return fallback;
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  std::uint64_t number = 0;
  const auto [rest, error] = std::from_chars(begin, end, number);
  if (error != std::errc() || rest != end || number < least || number > most) return std::nullopt;
  return number;
}

bool Request::HasJson() const {
  const std::string_view type = Header("Content-Type");
  return absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(ToAbsl(type.substr(0, type.find(';')))),
                                "application/json");
}

}  // namespace fanfare
