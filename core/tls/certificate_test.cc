#include "core/tls/certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/testing/certificates.h"

namespace fanfare {
namespace {

using ::fanfare::testing::MakeCertificate;
using ::testing::ElementsAre;
using ::testing::StartsWith;

TEST(CertificateTest, ItsNamesAreThoseOfSubjectAltName) {
  const auto made = MakeCertificate({.names = {"One.example", "*.two.example"}});
  EXPECT_THAT(NamesOf(*made.certificate), ElementsAre("one.example", "*.two.example"));
}

TEST(CertificateTest, WithoutThemTheCommonNameIsTheName) {
  const auto made = MakeCertificate({.names = {}, .common_name = "Old.example"});
  EXPECT_THAT(NamesOf(*made.certificate), ElementsAre("old.example"));
}

TEST(CertificateTest, ANameFitsItself) {
  EXPECT_TRUE(NameFits("chat.example", "chat.example"));
  EXPECT_FALSE(NameFits("chat.example", "a.chat.example"));
  EXPECT_FALSE(NameFits("chat.example", "example"));
  EXPECT_FALSE(NameFits("", ""));
}

TEST(CertificateTest, AStarStandsForOneLabel) {
  EXPECT_TRUE(NameFits("*.example", "chat.example"));
  for (const char* host :
       {"a.chat.example", "example", ".example", "chat.example.", "chatexample", "", "*.other"}) {
    EXPECT_FALSE(NameFits("*.example", host)) << host;
  }
  // Only a whole label in front.
  EXPECT_FALSE(NameFits("c*.example", "chat.example"));
}

TEST(CertificateTest, ItsTimeIsToldOfWhenItIsNotNow) {
  EXPECT_EQ(ValidityProblem(*MakeCertificate().certificate), "");
  const auto old = MakeCertificate({.ends = std::chrono::seconds(-60)});
  EXPECT_THAT(ValidityProblem(*old.certificate), StartsWith("expired at "));
  const auto early = MakeCertificate({.begins = std::chrono::seconds(600)});
  EXPECT_THAT(ValidityProblem(*early.certificate), StartsWith("is not valid before "));
}

}  // namespace
}  // namespace fanfare
