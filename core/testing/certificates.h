// Certificates for tests, made by the test itself.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "core/tls/openssl.h"
#include "core/tls/tls_settings.h"

namespace fanfare::testing {

// Signed by itself. Its key is an elliptic curve's (P-256).
struct TestCertificate {
  X509Ptr certificate;
  KeyPtr key;

  std::string certificate_pem() const;
  std::string key_pem() const;
};

struct CertificateOptions {
  // In subjectAltName; none: no such extension.
  std::vector<std::string> names = {"localhost"};
  std::string common_name = "test";
  // From now.
  std::chrono::seconds begins{-3600};
  std::chrono::seconds ends{3600};
};
TestCertificate MakeCertificate(const CertificateOptions& options = {});

// A folder of its own for a test, removed with all that is in it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& name() const { return name_; }
  // Writes a file there; returns its whole name.
  std::string Write(std::string_view file, std::string_view text) const;
  // Writes both files of a certificate, named after `file`, and gives the settings for them, as
  // from the folder.
  TlsSettings::Certificate Write(std::string_view file, const TestCertificate& certificate) const;

 private:
  std::string name_;
};

}  // namespace fanfare::testing
