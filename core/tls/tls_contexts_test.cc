#include "core/tls/tls_contexts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>

#include "core/testing/certificates.h"
#include "core/testing/tls_peer.h"
#include "core/tls/tls_session.h"

namespace fanfare {
namespace {

using ::fanfare::testing::Handshake;
using ::fanfare::testing::MakeCertificate;
using ::fanfare::testing::TemporaryFolder;
using ::fanfare::testing::TestCertificate;
using ::fanfare::testing::TlsPeer;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class TlsContextsTest : public ::testing::Test {
 protected:
  std::shared_ptr<const TlsContexts> Load(const TlsSettings& settings) {
    auto contexts = TlsContexts::Load(settings, folder_.name());
    EXPECT_TRUE(contexts.ok()) << contexts.status();
    return contexts.ok() ? *contexts : nullptr;
  }
  std::string ErrorOf(TlsSettings::Certificate files) {
    const auto contexts = TlsContexts::Load({.certificates = {std::move(files)}}, folder_.name());
    EXPECT_FALSE(contexts.ok());
    return std::string(contexts.status().message());
  }
  // The name that is shown to who asks for that one.
  static std::string Shown(const TlsContexts& contexts, const std::string& name) {
    TlsSession session(contexts);
    TlsPeer peer({.server_name = name});
    Handshake(peer, session);
    return peer.shown_name();
  }

  TemporaryFolder folder_;
};

TEST_F(TlsContextsTest, TheCertificateIsChosenByTheNameThatIsAskedFor) {
  const auto contexts = Load({
      .certificates =
          {
              folder_.Write("one", MakeCertificate({.names = {"one.example", "un.example"}})),
              folder_.Write("two", MakeCertificate({.names = {"two.example"}})),
              folder_.Write("many", MakeCertificate({.names = {"*.example"}})),
          },
  });
  EXPECT_EQ(Shown(*contexts, "one.example"), "one.example");
  EXPECT_EQ(Shown(*contexts, "un.example"), "one.example");
  EXPECT_EQ(Shown(*contexts, "TWO.example"), "two.example");
  EXPECT_EQ(Shown(*contexts, "three.example"), "*.example");
  // Whoever asks for something else, or nothing, gets the first.
  EXPECT_EQ(Shown(*contexts, "a.b.example"), "one.example");
  EXPECT_EQ(Shown(*contexts, ""), "one.example");
}

TEST_F(TlsContextsTest, ASessionMayOutliveThem) {
  auto contexts = Load({.certificates = {folder_.Write("a", MakeCertificate())}});
  TlsSession session(*contexts);
  TlsPeer peer;
  Handshake(peer, session);
  contexts.reset();
  peer.Write("still there");
  EXPECT_EQ(testing::Decrypt(session, peer.TakeOutput()), "still there");
}

TEST_F(TlsContextsTest, AFileThatIsNotThereIsNamed) {
  EXPECT_THAT(ErrorOf({.certificate = "nowhere.pem", .key = "nowhere.key"}),
              AllOf(StartsWith("tls.certificates[0].certificate: can not open " + folder_.name() +
                               "/nowhere.pem"),
                    HasSubstr("No such file")));
  auto files = folder_.Write("a", MakeCertificate());
  files.key = "/nowhere/at/all.key";
  EXPECT_THAT(ErrorOf(files),
              StartsWith("tls.certificates[0].key: can not open /nowhere/at/all.key: No such"));
  EXPECT_EQ(ErrorOf({}), "tls.certificates[0].certificate: expected a file's name");
}

TEST_F(TlsContextsTest, AFileThatHoldsSomethingElseIsNamed) {
  auto files = folder_.Write("a", MakeCertificate());
  folder_.Write("empty", "");
  EXPECT_THAT(ErrorOf({.certificate = "empty", .key = files.key}),
              AllOf(HasSubstr("certificates[0].certificate: "),
                    HasSubstr("/empty: expected certificates in PEM: no start line")));
  EXPECT_THAT(
      ErrorOf({.certificate = files.certificate, .key = "empty"}),
      AllOf(HasSubstr("certificates[0].key: "), HasSubstr("/empty: expected a private key")));
}

TEST_F(TlsContextsTest, TheKeyMustBeThatOfTheCertificate) {
  const auto one = folder_.Write("one", MakeCertificate());
  const auto two = folder_.Write("two", MakeCertificate());
  EXPECT_EQ(ErrorOf({.certificate = one.certificate, .key = two.key}),
            "tls.certificates[0].key: " + folder_.name() + "/two.key: is not the key of " +
                folder_.name() + "/one.pem");
}

TEST_F(TlsContextsTest, AKeyWithAPasswordIsAnErrorAndNotAQuestion) {
  const TestCertificate made = MakeCertificate();
  const auto files = folder_.Write("a", made);
  const BioPtr memory(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(memory.get(), made.key.get(), EVP_aes_128_cbc(), nullptr, 0, nullptr,
                           const_cast<char*>("secret"));
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  folder_.Write(files.key, {text, static_cast<std::size_t>(size)});
  EXPECT_THAT(ErrorOf(files), HasSubstr("without a password"));
}

TEST_F(TlsContextsTest, AnExpiredCertificateIsShownAllTheSame) {
  const auto contexts = Load({
      .certificates = {folder_.Write("old", MakeCertificate({.ends = std::chrono::seconds(-1)}))},
  });
  EXPECT_EQ(Shown(*contexts, "localhost"), "localhost");
}

}  // namespace
}  // namespace fanfare
