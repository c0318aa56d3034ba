// Which web pages may open sessions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace fanfare {

// What a browser's Origin header says (RFC 6454 section 7). Browsers let a page of any site open a
// WebSocket to any other, with that other's cookies, and leave it to the server to refuse
// (RFC 6455 section 10.2).
//
// Allowed are pages that this server served itself, which are those whose origin is the request's
// Host; pages of the configured origins; and, unless configured otherwise, clients that send no
// Origin: they are no browsers, and so have nobody's cookies but their own.
//
// Thread: any. Immutable.
class OriginPolicy {
 public:
  // Pages of this server alone, and clients that are no browsers.
  OriginPolicy() = default;

  // `allowed`, each as in "https://example.com", "http://localhost:5173", "https://*.example.com"
  // (all hosts below it, not itself), "null" (pages without an origin, such as files) or "*" (all).
  // The error names the index and what was expected. `required`: clients without an Origin are
  // refused.
  static absl::StatusOr<OriginPolicy> Make(std::vector<std::string> allowed, bool required);

  // `origin` and `host` are the headers' values, empty where there is none. Where the request came
  // through TLS, a page in plain text is not this server's own: whoever is on the wire may have
  // written it.
  bool Allows(std::string_view origin, std::string_view host, bool is_tls = false) const;

  // As they were given to Make.
  const std::vector<std::string>& allowed() const { return allowed_; }
  bool is_required() const { return is_required_; }

 private:
  // One origin, or those that a pattern stands for.
  struct Origin {
    std::string scheme;
    // In lower case. Of "*.example.com", ".example.com".
    std::string host;
    std::uint16_t port = 0;
  };

  static std::optional<Origin> Parse(std::string_view text);
  static bool Fits(const Origin& pattern, const Origin& origin);

  std::vector<std::string> allowed_;
  std::vector<Origin> patterns_;
  bool allows_all_ = false;
  bool allows_null_ = false;
  bool is_required_ = false;
};

}  // namespace fanfare
