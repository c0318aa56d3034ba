#include "core/testing/certificates.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace fanfare::testing {
namespace {

void Check(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(what);
}

std::string TextOf(BIO* memory) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory, &text);
  return {text, static_cast<std::size_t>(size)};
}

void AddNames(X509* certificate, const std::vector<std::string>& names) {
  if (names.empty()) return;
  std::string value;
  for (const std::string& name : names) value += (value.empty() ? "DNS:" : ",DNS:") + name;
  X509_EXTENSION* const extension =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, value.c_str());
  Check(extension != nullptr, "subjectAltName");
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

}  // namespace

std::string TestCertificate::certificate_pem() const {
  const BioPtr memory(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(memory.get(), certificate.get());
  return TextOf(memory.get());
}

std::string TestCertificate::key_pem() const {
  const BioPtr memory(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(memory.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return TextOf(memory.get());
}

TestCertificate MakeCertificate(const CertificateOptions& options) {
  TestCertificate made{.certificate = X509Ptr(X509_new()), .key = KeyPtr(EVP_EC_gen("P-256"))};
  Check(made.key != nullptr, "EVP_EC_gen");
  X509* const certificate = made.certificate.get();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), options.begins.count());
  X509_gmtime_adj(X509_getm_notAfter(certificate), options.ends.count());
  X509_NAME* const name = X509_get_subject_name(certificate);
  const auto* text = reinterpret_cast<const unsigned char*>(options.common_name.c_str());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text, -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_set_pubkey(certificate, made.key.get());
  AddNames(certificate, options.names);
  Check(X509_sign(certificate, made.key.get(), EVP_sha256()) != 0, "X509_sign");
  return made;
}

TemporaryFolder::TemporaryFolder()
    : name_((std::filesystem::temp_directory_path() / "fanfare_XXXXXX").string()) {
  Check(::mkdtemp(name_.data()) != nullptr, "mkdtemp");
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(name_, ignored);
}

std::string TemporaryFolder::Write(std::string_view file, std::string_view text) const {
  std::string path = name_ + "/" + std::string(file);
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

TlsSettings::Certificate TemporaryFolder::Write(std::string_view file,
                                                const TestCertificate& certificate) const {
  TlsSettings::Certificate files = {.certificate = std::string(file) + ".pem",
                                    .key = std::string(file) + ".key"};
  Write(files.certificate, certificate.certificate_pem());
  Write(files.key, certificate.key_pem());
  return files;
}

}  // namespace fanfare::testing
