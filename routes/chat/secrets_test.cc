#include "routes/chat/secrets.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace fanfare::chat {
namespace {

TEST(SecretsTest, HasTwentyTwoCharactersThatNeedNoEscape) {
  for (int i = 0; i < 100; ++i) {
    const std::string secret = MakeSecret();
    EXPECT_EQ(secret.size(), 22U);
    EXPECT_EQ(secret.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                       "0123456789-_"),
              std::string::npos)
        << secret;
  }
}

TEST(SecretsTest, NoTwoAreTheSame) {
  std::set<std::string> secrets;
  for (int i = 0; i < 1000; ++i) secrets.insert(MakeSecret());
  EXPECT_EQ(secrets.size(), 1000U);
}

TEST(SecretsTest, ComparesAllOfThem) {
  EXPECT_TRUE(IsSameSecret("", ""));
  EXPECT_TRUE(IsSameSecret("secret", "secret"));
  EXPECT_FALSE(IsSameSecret("secret", "secreT"));
  EXPECT_FALSE(IsSameSecret("secret", "Secret"));
  EXPECT_FALSE(IsSameSecret("secret", "secre"));
  EXPECT_FALSE(IsSameSecret("", "secret"));
  // Differences that cancel each other out are differences.
  EXPECT_FALSE(IsSameSecret("ab", "ba"));
  EXPECT_FALSE(IsSameSecret("\x80", std::string_view("\0", 1)));
}

}  // namespace
}  // namespace fanfare::chat
