#include "routes/chat/identities.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "core/testing/fake_shard.h"
#include "routes/chat/protocol.h"

namespace fanfare::chat {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::FakeSession;

constexpr seconds kMemory{80};
// It is forgotten an eighth later at most.
constexpr seconds kLongest{90};

class IdentitiesTest : public ::testing::Test {
 protected:
  bool CanResume(const Identity& identity) {
    return identities_.Resume(identity.session, identity.token, later_.handle()) != nullptr;
  }

  testing::FakeRouteContext context_;
  testing::FakeShard shard_;
  FakeSession first_{shard_};
  FakeSession later_{shard_};
  Identities identities_{context_, kMemory};
};

TEST_F(IdentitiesTest, AnIdentityIsTakenUpByAnotherConnection) {
  const auto identity = identities_.Begin(first_.handle());
  EXPECT_NE(identity->session, identity->token);
  identities_.End(*identity, *first_.handle());
  EXPECT_EQ(identities_.Resume(identity->session, identity->token, later_.handle()), identity);
  EXPECT_FALSE(first_.closed());
  // It is the newer one's now.
  context_.Advance(kLongest);
  EXPECT_TRUE(identities_.Send(identity->session, "hello"));
  EXPECT_EQ(later_.Texts(), std::vector<std::string>{"hello"});
}

TEST_F(IdentitiesTest, AWrongTokenTakesNothing) {
  const auto identity = identities_.Begin(first_.handle());
  const auto other = identities_.Begin(later_.handle());
  EXPECT_EQ(identities_.Resume(identity->session, other->token, later_.handle()), nullptr);
  EXPECT_EQ(identities_.Resume(identity->session, "", later_.handle()), nullptr);
  EXPECT_EQ(identities_.Resume("nobody", identity->token, later_.handle()), nullptr);
  EXPECT_TRUE(identities_.Send(identity->session, "still yours"));
  EXPECT_EQ(first_.Texts(), std::vector<std::string>{"still yours"});
  EXPECT_FALSE(first_.closed());
}

TEST_F(IdentitiesTest, AnotherUserTakesNothing) {
  const auto identity = identities_.Begin(first_.handle(), "ada");
  for (const char* user : {"grace", ""}) {
    EXPECT_EQ(identities_.Resume(identity->session, identity->token, later_.handle(), user),
              nullptr);
  }
  EXPECT_FALSE(first_.closed());
  EXPECT_EQ(identities_.Resume(identity->session, identity->token, later_.handle(), "ada"),
            identity);
}

TEST_F(IdentitiesTest, AConnectionThatIsThereStillIsClosed) {
  const auto identity = identities_.Begin(first_.handle());
  EXPECT_TRUE(CanResume(*identity));
  ASSERT_TRUE(first_.closed());
  EXPECT_EQ(first_.closed()->code, kTakenOver);
  // Its end takes nothing from the newer one.
  identities_.End(*identity, *first_.handle());
  context_.Advance(kLongest);
  EXPECT_TRUE(identities_.Send(identity->session, "hello"));
}

TEST_F(IdentitiesTest, ResumingOnesOwnIdentityClosesNothing) {
  const auto identity = identities_.Begin(later_.handle());
  EXPECT_TRUE(CanResume(*identity));
  EXPECT_FALSE(later_.closed());
}

TEST_F(IdentitiesTest, IsForgottenSomeTimeAfterItsConnectionEnded) {
  const auto identity = identities_.Begin(first_.handle());
  // Not while it lasts.
  context_.Advance(kLongest);
  EXPECT_EQ(identities_.size(), 1U);
  identities_.End(*identity, *first_.handle());
  context_.Advance(kMemory);
  EXPECT_TRUE(CanResume(*identity));
  identities_.End(*identity, *later_.handle());
  context_.Advance(kLongest);
  EXPECT_EQ(identities_.size(), 0U);
  EXPECT_FALSE(CanResume(*identity));
}

TEST_F(IdentitiesTest, TheTimeCountsFromTheLastEnd) {
  const auto identity = identities_.Begin(first_.handle());
  identities_.End(*identity, *first_.handle());
  context_.Advance(kMemory);
  EXPECT_TRUE(CanResume(*identity));
  identities_.End(*identity, *later_.handle());
  context_.Advance(kMemory);
  EXPECT_TRUE(CanResume(*identity));
}

TEST_F(IdentitiesTest, IsForgottenAlsoAfterMemoryWasShort) {
  const auto first = identities_.Begin(first_.handle());
  context_.set_has_memory(false);
  // The tick can not be asked for; and then not the next one.
  EXPECT_THROW(identities_.End(*first, *first_.handle()), std::bad_alloc);
  context_.set_has_memory(true);
  const auto second = identities_.Begin(first_.handle());
  identities_.End(*second, *first_.handle());
  context_.set_has_memory(false);
  EXPECT_THROW(context_.Advance(kMemory / 8), std::bad_alloc);
  context_.set_has_memory(true);
  const auto third = identities_.Begin(first_.handle());
  identities_.End(*third, *first_.handle());
  context_.Advance(kLongest);
  EXPECT_EQ(identities_.size(), 0U);
}

TEST_F(IdentitiesTest, NobodyIsReachedWithoutAConnection) {
  const auto identity = identities_.Begin(first_.handle());
  identities_.End(*identity, *first_.handle());
  EXPECT_FALSE(identities_.Send(identity->session, "hello"));
  EXPECT_FALSE(identities_.Send("nobody", "hello"));
  EXPECT_TRUE(first_.Texts().empty());
}

TEST_F(IdentitiesTest, AnIdentityThatWasGivenUpIsForgottenByItsConnectionOnly) {
  const auto identity = identities_.Begin(first_.handle());
  EXPECT_TRUE(CanResume(*identity));
  identities_.Forget(*identity, *first_.handle());
  EXPECT_EQ(identities_.size(), 1U);
  identities_.Forget(*identity, *later_.handle());
  EXPECT_EQ(identities_.size(), 0U);
}

TEST_F(IdentitiesTest, AtTheLimitTheOldestIsForgotten) {
  const auto oldest = identities_.Begin(first_.handle());
  identities_.End(*oldest, *first_.handle());
  const auto second = identities_.Begin(first_.handle());
  identities_.End(*second, *first_.handle());
  for (std::size_t i = 1; i < Identities::kMaxWithoutConnection; ++i) {
    identities_.End(*identities_.Begin(first_.handle()), *first_.handle());
  }
  EXPECT_EQ(identities_.size(), Identities::kMaxWithoutConnection);
  EXPECT_FALSE(CanResume(*oldest));
  EXPECT_TRUE(CanResume(*second));
}

}  // namespace
}  // namespace fanfare::chat
