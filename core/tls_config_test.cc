#include "core/tls_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/testing/certificates.h"

namespace fanfare {
namespace {

using ::fanfare::testing::MakeCertificate;
using ::fanfare::testing::TemporaryFolder;
using ::testing::HasSubstr;

std::string ErrorOf(const Config& config) {
  const auto contexts = LoadTls(config);
  EXPECT_FALSE(contexts.ok());
  return std::string(contexts.status().message());
}

TEST(TlsConfigTest, WithoutAnAddressForItThereIsNone) {
  const auto contexts = LoadTls({});
  ASSERT_TRUE(contexts.ok()) << contexts.status();
  EXPECT_EQ(*contexts, nullptr);
}

TEST(TlsConfigTest, FilesAreThoseOfTheConfigurationsFolder) {
  const TemporaryFolder folder;
  const Config config = {
      .file = folder.name() + "/server.json",
      .listen = {"localhost:80", "https://localhost:443"},
      .tls = {.certificates = {folder.Write("a", MakeCertificate())}},
  };
  const auto contexts = LoadTls(config);
  ASSERT_TRUE(contexts.ok()) << contexts.status();
  EXPECT_NE(*contexts, nullptr);
}

TEST(TlsConfigTest, AnAddressNeedsACertificate) {
  EXPECT_EQ(ErrorOf({.file = "server.json", .listen = {"localhost:80", "https://localhost:443"}}),
            "server.json: listen[1]: https:// needs a certificate: tls.certificates is empty");
}

TEST(TlsConfigTest, ACertificateNeedsAnAddress) {
  EXPECT_THAT(ErrorOf({.tls = {.certificates = {{.certificate = "a.pem", .key = "a.key"}}}}),
              HasSubstr("no address of listen begins with https://"));
}

TEST(TlsConfigTest, ErrorsNameTheFileAndTheSetting) {
  const Config config = {
      .file = "/nowhere/server.json",
      .listen = {"https://localhost:443"},
      .tls = {.certificates = {{.certificate = "a.pem", .key = "a.key"}}},
  };
  EXPECT_THAT(ErrorOf(config),
              HasSubstr("/nowhere/server.json: tls.certificates[0].certificate: can not open "
                        "/nowhere/a.pem: "));
}

}  // namespace
}  // namespace fanfare
