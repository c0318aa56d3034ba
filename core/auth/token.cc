#include "core/auth/token.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "core/compat.h"
#include "core/strict_json.h"

namespace fanfare {
namespace {

using nlohmann::json;

absl::Status NotAToken(std::string_view why) {
  return absl::UnauthenticatedError(absl::StrCat("the token is no JWT: ", ToAbsl(why)));
}

// Base64url without padding, and not empty (RFC 7515 appendix C).
bool IsBase64Url(std::string_view text) {
  return !text.empty() && text.size() % 4 != 1 && std::ranges::all_of(text, [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
  });
}

// A part that is a JSON object.
absl::StatusOr<json> ParsePart(std::string_view part, std::string_view name) {
  std::string text;
  if (!absl::WebSafeBase64Unescape(ToAbsl(part), &text)) {
    return NotAToken(absl::StrCat("its ", ToAbsl(name), " is not base64url"));
  }
  absl::StatusOr<json> object = ParseStrictJson(text, JsonComments::kRefused);
  if (!object.ok() || !object->is_object()) {
    return NotAToken(
        absl::StrCat("its ", ToAbsl(name), " is not a JSON object whose members are there once"));
  }
  return object;
}

}  // namespace

absl::StatusOr<Token> ParseToken(std::string_view text) {
  if (text.size() > kMaxTokenBytes) {
    return NotAToken(absl::StrCat("it is over ", kMaxTokenBytes, " bytes"));
  }
  const std::size_t first = text.find('.');
  const std::size_t second = text.find('.', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) {
    return NotAToken("it does not have three parts");
  }
  Token token{.parts = {.header = text.substr(0, first),
                        .payload = text.substr(first + 1, second - first - 1),
                        .signature = text.substr(second + 1)},
              .algorithm = {},
              .key_id = {}};
  for (const std::string_view part :
       {token.parts.header, token.parts.payload, token.parts.signature}) {
    if (!IsBase64Url(part)) return NotAToken("it is not three parts of base64url");
  }

  const absl::StatusOr<json> header = ParsePart(token.parts.header, "header");
  if (!header.ok()) return header.status();
  if (header->contains("crit")) {
    return absl::UnauthenticatedError("the token needs an extension that is not known here");
  }
  const auto algorithm = header->find("alg");
  if (algorithm == header->end() || !algorithm->is_string()) {
    return NotAToken("its header has no \"alg\"");
  }
  token.algorithm = algorithm->get<std::string>();
  if (const auto key = header->find("kid"); key != header->end()) {
    if (!key->is_string()) return NotAToken("its \"kid\" is not a string");
    token.key_id = key->get<std::string>();
  }
  return token;
}

absl::StatusOr<json> ParseClaims(const Token& token) {
  return ParsePart(token.parts.payload, "payload");
}

}  // namespace fanfare
