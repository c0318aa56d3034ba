// What a certificate says.
#pragma once

#include <openssl/x509.h>

#include <string>
#include <string_view>
#include <vector>

namespace fanfare {

// The DNS names that it is for, in lower case: those of its subjectAltName, or, where that has
// none, the common name of its subject (RFC 6125 section 6.4.4).
std::vector<std::string> NamesOf(const X509& certificate);

// Whether that name, or a wildcard's ("*.example.com": one label for the star), is `host`, which is
// in lower case.
bool NameFits(std::string_view name, std::string_view host);

// What is wrong with the time of its validity now: "expired at Nov 28 04:38:46 2026 GMT", "is not
// valid before …"; empty when nothing is.
std::string ValidityProblem(const X509& certificate);

}  // namespace fanfare
