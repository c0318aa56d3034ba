#include "core/auth/key_file.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/auth/jwks.h"
#include "core/compat.h"
#include "core/file_path.h"
#include "core/json_text.h"
#include "core/log_text.h"
#include "core/read_file.h"
#include "core/secret_file.h"

namespace fanfare {
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{1} << 20;

absl::StatusOr<std::vector<NamedKey>> KeysOfSecret(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  // With it, whoever has the public key could sign (RFC 8725 section 2.1).
  if (text.find("-----BEGIN") != std::string_view::npos) {
    return absl::InvalidArgumentError("this is a key for RS256 or ES256, and no secret for HS256");
  }
  absl::StatusOr<VerificationKey> key = VerificationKey::FromSecret(text);
  if (!key.ok()) return key.status();
  return std::vector{NamedKey{.key = *std::move(key)}};
}

absl::StatusOr<std::vector<NamedKey>> KeysOfPem(Algorithm algorithm, const std::string& text) {
  if (text.find("PRIVATE KEY-----") != std::string::npos) {
    return absl::InvalidArgumentError("this is a private key, which has no place here");
  }
  absl::StatusOr<std::vector<VerificationKey>> keys = VerificationKey::FromPem(algorithm, text);
  if (!keys.ok()) return keys.status();
  if (keys->size() > JwtVerifier::kMaxKeys) {
    return absl::InvalidArgumentError(absl::StrCat("more than ", JwtVerifier::kMaxKeys, " keys"));
  }
  std::vector<NamedKey> named;
  for (VerificationKey& key : *keys) named.push_back({.key = std::move(key)});
  return named;
}

absl::StatusOr<std::vector<NamedKey>> Parse(const JwtSettings& settings, const std::string& text) {
  if (!settings.jwks_file.empty()) return ParseJwks(text, settings.algorithm);
  if (settings.algorithm == Algorithm::kHs256) return KeysOfSecret(text);
  return KeysOfPem(settings.algorithm, text);
}

}  // namespace

absl::StatusOr<std::vector<NamedKey>> ReadKeys(const JwtSettings& settings) {
  const bool is_set = !settings.jwks_file.empty();
  const std::string file =
      ResolveFile(settings.folder, is_set ? settings.jwks_file : settings.key_file);
  if (settings.algorithm == Algorithm::kHs256) WarnIfAnybodyMayRead(file, "a secret");
  const absl::StatusOr<std::string> text = ReadFile(file, kMaxFileBytes);
  auto keys = text.ok() ? Parse(settings, *text) : text.status();
  if (keys.ok()) return keys;
  const std::string path = MemberPath(settings.path, is_set ? "jwks_file" : "key_file");
  return absl::Status(keys.status().code(),
                      AtPath(path, absl::StrCat(QuoteForLog(file), ": ", keys.status().message())));
}

}  // namespace fanfare
