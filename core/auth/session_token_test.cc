#include "core/auth/session_token.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "core/auth/testing.h"

namespace fanfare {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ClaimsFor;
using testing::MakeToken;
using State = SessionToken::State;

class SessionTokenTest : public ::testing::Test {
 protected:
  SessionTokenTest() {
    auto made = Authenticator::Make({.key_file = testing::WriteTestFile("key", testing::kSecret)});
    EXPECT_TRUE(made.ok()) << made.status();
    authenticator_ = *std::move(made);
  }

  // A session that was let in with a token that holds for so long.
  SessionToken Begin(seconds life) {
    const Identity identity = {.user = "ada",
                               .expires_at = std::chrono::system_clock::now() + life};
    return SessionToken({.identity = std::make_shared<const Identity>(identity)}, start_);
  }
  State After(SessionToken& token, milliseconds time) { return token.Check(start_ + time); }

  std::unique_ptr<Authenticator> authenticator_;
  const SessionToken::Time start_ = SessionToken::Time::clock::now();
};

// A second of all these is for the time that the test takes.
TEST_F(SessionTokenTest, HoldsUntilItExpires) {
  SessionToken token = Begin(seconds(1000));
  EXPECT_EQ(token.identity()->user, "ada");
  EXPECT_EQ(After(token, seconds(0)), State::kValid);
  EXPECT_EQ(After(token, seconds(969)), State::kValid);
  EXPECT_EQ(After(token, seconds(971)), State::kExpiresSoon);
  EXPECT_EQ(After(token, seconds(972)), State::kValid);
  EXPECT_EQ(After(token, seconds(1000)), State::kExpired);
  EXPECT_EQ(token.Left(start_ + seconds(2000)), milliseconds(0));
  EXPECT_GT(token.Left(start_ + seconds(900)), seconds(99));
}

TEST_F(SessionTokenTest, AShortOneIsToldOfAtThreeQuartersOfItsLife) {
  SessionToken token = Begin(seconds(40));
  EXPECT_EQ(After(token, seconds(29)), State::kValid);
  EXPECT_EQ(After(token, seconds(31)), State::kExpiresSoon);
}

TEST_F(SessionTokenTest, OneThatExpiresMeanwhileHasExpired) {
  SessionToken token = Begin(seconds(-5));
  EXPECT_EQ(After(token, seconds(0)), State::kExpired);
}

TEST_F(SessionTokenTest, AnotherOfTheSameUserTakesItsPlace) {
  SessionToken token = Begin(seconds(40));
  EXPECT_EQ(After(token, seconds(31)), State::kExpiresSoon);
  auto claims = ClaimsFor(seconds(80));
  claims["rooms"] = {"tea"};
  ASSERT_TRUE(token.Renew(*authenticator_, MakeToken(claims), start_).ok());
  EXPECT_FALSE(token.identity()->permissions.join.Has("milk"));
  EXPECT_EQ(After(token, seconds(41)), State::kValid);
  EXPECT_EQ(After(token, seconds(62)), State::kExpiresSoon);
  EXPECT_EQ(After(token, seconds(81)), State::kExpired);
}

TEST_F(SessionTokenTest, AnotherThatIsNotRightChangesNothing) {
  SessionToken token = Begin(seconds(40));
  auto claims = ClaimsFor(seconds(80));
  claims["sub"] = "grace";
  EXPECT_EQ(token.Renew(*authenticator_, MakeToken(claims), start_),
            absl::PermissionDeniedError("the token is of another user"));
  EXPECT_EQ(token.Renew(*authenticator_, MakeToken(ClaimsFor(seconds(-1))), start_),
            absl::UnauthenticatedError("the token has expired"));
  EXPECT_FALSE(token.Renew(*authenticator_, "", start_).ok());
  EXPECT_EQ(token.identity()->user, "ada");
  EXPECT_EQ(After(token, seconds(41)), State::kExpired);
}

}  // namespace
}  // namespace fanfare
