#include "core/shard.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>

#include "core/access/address_limits.h"
#include "core/drain.h"
#include "core/fanout/egress.h"
#include "core/generation.h"

namespace fanfare {
namespace {

using Clock = std::chrono::steady_clock;

// Long, because a machine may be busy.
constexpr std::chrono::seconds kPatience{20};

// Stays until it is cut.
class Guest final : public Shard::Member {
 public:
  explicit Guest(Shard& shard) : shard_(shard) { shard_.Add(*this); }

  void Drain(DrainCause cause, std::chrono::milliseconds /*retry*/) override {
    cause_.set_value(cause);
  }
  void Cut() override { shard_.Remove(*this); }

  std::future<DrainCause> cause() { return cause_.get_future(); }

 private:
  Shard& shard_;
  std::promise<DrainCause> cause_;
};

class ShardTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(shard_.Start(), absl::OkStatus()); }
  void TearDown() override { shard_.StopAndJoin(); }

  static DrainPlan Plan() {
    return {.deadline = Clock::now() + kPatience, .retry_spread = std::chrono::milliseconds(0)};
  }

  AddressLimits addresses_{Limits{}};
  Shard shard_{std::make_shared<const Generation>(Config{}, RouteTable{}), addresses_,
               MakeSyscallEgress()};
};

TEST_F(ShardTest, AStopDrainsWhoIsThere) {
  std::unique_ptr<Guest> guest;
  std::promise<std::future<DrainCause>> cause;
  std::promise<void> drained;
  shard_.Post([&] {
    guest = std::make_unique<Guest>(shard_);
    cause.set_value(guest->cause());
    shard_.Stop(Plan(), [&] { drained.set_value(); });
  });
  EXPECT_EQ(cause.get_future().get().get(), DrainCause::kStop);
  shard_.Post([&] { guest->Cut(); });
  EXPECT_EQ(drained.get_future().wait_for(kPatience), std::future_status::ready);
}

TEST_F(ShardTest, WhoComesLateToAStopIsDrainedToo) {
  std::unique_ptr<Guest> guest;
  std::promise<std::future<DrainCause>> cause;
  std::promise<void> drained;
  shard_.Post([&] {
    shard_.Stop(Plan(), [&] { drained.set_value(); });
    guest = std::make_unique<Guest>(shard_);
    cause.set_value(guest->cause());
  });
  EXPECT_EQ(drained.get_future().wait_for(kPatience), std::future_status::ready)
      << "there was nobody";
  EXPECT_EQ(cause.get_future().get().get(), DrainCause::kStop);
  shard_.StopAndJoin();
}

}  // namespace
}  // namespace fanfare
