#include "core/page/embedded_file.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "core/compat.h"

namespace fanfare {
namespace {

// 'self' includes WebSockets to where the page came from. What makes markup of text is refused
// (trusted-types), whoever calls it.
constexpr char kContentSecurityPolicy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'";

const Request::Fields& CommonHeaders() {
  static const auto& headers = *new Request::Fields{
      {"Content-Security-Policy", kContentSecurityPolicy},
      {"X-Content-Type-Options", "nosniff"},
      {"Referrer-Policy", "no-referrer"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
  };
  return headers;
}

// Whether the client has it already (RFC 9110 section 13.1.2): the header is `*` or a list of tags,
// which are compared weakly.
bool HasIt(const Request& request, std::string_view etag) {
  for (const auto& [name, value] : request.headers) {
    if (!absl::EqualsIgnoreCase(name, "If-None-Match")) continue;
    for (absl::string_view part : absl::StrSplit(value, ',')) {
      part = absl::StripAsciiWhitespace(part);
      absl::ConsumePrefix(&part, "W/");
      if (part == "*" || part == ToAbsl(etag)) return true;
    }
  }
  return false;
}

}  // namespace

const EmbeddedFile* FindFile(std::span<const EmbeddedFile> files, std::string_view path) {
  const auto at = std::ranges::lower_bound(files, path, {}, &EmbeddedFile::path);
  return at != files.end() && at->path == path ? &*at : nullptr;
}

Response AnswerWithFile(const Request& request, const EmbeddedFile* file) {
  Response response{.headers = CommonHeaders()};
  if (file == nullptr) {
    response.status = 404;
    response.body = "there is no such file\n";
    return response;
  }
  response.content_type = std::string(file->content_type);
  // Names do not change with content: a browser keeps all, and asks whether it is still so.
  response.headers.emplace_back("Cache-Control", "no-cache");
  response.headers.emplace_back("ETag", file->etag);
  if (HasIt(request, file->etag)) {
    response.status = 304;
  } else {
    response.body = std::string(file->body);
  }
  return response;
}

}  // namespace fanfare
