#include "core/auth/jwks.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "core/compat.h"
#include "core/json_text.h"
#include "core/strict_json.h"

namespace fanfare {
namespace {

using nlohmann::json;

absl::Status At(std::string_view path, std::string_view problem) {
  return absl::InvalidArgumentError(AtPath(path, problem));
}

bool Is(const json& key, const char* name, std::string_view value) {
  const auto member = key.find(name);
  return member != key.end() && member->is_string() &&
         member->get_ref<const std::string&>() == value;
}

// Whether a member is absent, or this.
bool MayBe(const json& key, const char* name, std::string_view value) {
  return !key.contains(name) || Is(key, name, value);
}

bool MayVerify(const json& key) {
  const auto uses = key.find("key_ops");
  if (uses == key.end()) return MayBe(key, "use", "sig");
  return uses->is_array() && std::ranges::find(*uses, json("verify")) != uses->end();
}

bool IsFor(const json& key, Algorithm algorithm) {
  if (!MayVerify(key) || !MayBe(key, "alg", NameOf(algorithm))) return false;
  switch (algorithm) {
    case Algorithm::kHs256:
      return Is(key, "kty", "oct");
    case Algorithm::kRs256:
      return Is(key, "kty", "RSA");
    case Algorithm::kEs256:
      return Is(key, "kty", "EC") && Is(key, "crv", "P-256");
  }
  return false;
}

// A member's bytes in base64url.
absl::StatusOr<std::string> BytesOf(const json& key, const char* name, const std::string& path) {
  const auto member = key.find(name);
  std::string bytes;
  if (member == key.end() || !member->is_string() ||
      !absl::WebSafeBase64Unescape(member->get_ref<const std::string&>(), &bytes) ||
      bytes.empty()) {
    return At(MemberPath(path, name), "expected base64url");
  }
  return bytes;
}

absl::StatusOr<VerificationKey> KeyOf(const json& key, Algorithm algorithm,
                                      const std::string& path) {
  if (algorithm == Algorithm::kHs256) {
    const absl::StatusOr<std::string> secret = BytesOf(key, "k", path);
    if (!secret.ok()) return secret.status();
    return VerificationKey::FromSecret(*secret);
  }
  if (key.contains("d")) {
    return At(MemberPath(path, "d"), "this is a private key, which has no place here");
  }
  const bool is_rsa = algorithm == Algorithm::kRs256;
  const char* const first = is_rsa ? "n" : "x";
  const char* const second = is_rsa ? "e" : "y";
  for (const char* name : {first, second}) {
    if (const auto bytes = BytesOf(key, name, path); !bytes.ok()) return bytes.status();
  }
  const auto& a = key[first].get_ref<const std::string&>();
  const auto& b = key[second].get_ref<const std::string&>();
  return is_rsa ? VerificationKey::FromRsa(a, b) : VerificationKey::FromP256(a, b);
}

}  // namespace

absl::StatusOr<std::vector<NamedKey>> ParseJwks(std::string_view text, Algorithm algorithm) {
  const absl::StatusOr<json> set = ParseStrictJson(text, JsonComments::kRefused);
  if (!set.ok()) return absl::InvalidArgumentError("not JSON, or a member is there twice");
  if (!set->is_object() || !set->contains("keys") || !(*set)["keys"].is_array()) {
    return absl::InvalidArgumentError("expected an object with an array \"keys\"");
  }
  std::vector<NamedKey> keys;
  std::size_t index = 0;
  for (const json& each : (*set)["keys"]) {
    const std::string path = ElementPath("keys", index++);
    if (!each.is_object()) return At(path, "expected an object");
    if (!IsFor(each, algorithm)) continue;
    absl::StatusOr<VerificationKey> key = KeyOf(each, algorithm, path);
    if (!key.ok()) {
      const std::string_view problem = ToStd(key.status().message());
      return problem.starts_with("keys[") ? key.status() : At(path, problem);
    }
    if (each.contains("kid") && !each["kid"].is_string()) {
      return At(MemberPath(path, "kid"), "expected a string");
    }
    keys.push_back({.id = each.value("kid", ""), .key = *std::move(key)});
  }
  if (keys.empty()) {
    return absl::NotFoundError(absl::StrCat("there is no key for ", ToAbsl(NameOf(algorithm))));
  }
  if (keys.size() > JwtVerifier::kMaxKeys) {
    return absl::InvalidArgumentError(
        absl::StrCat("more than ", JwtVerifier::kMaxKeys, " keys for ", ToAbsl(NameOf(algorithm))));
  }
  return keys;
}

}  // namespace fanfare
