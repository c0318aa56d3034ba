#include "core/every_shard.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "core/access/address_limits.h"
#include "core/config.h"
#include "core/fanout/egress.h"
#include "core/generation.h"

namespace fanfare {
namespace {

using Numbers = std::vector<std::size_t>;
using Clock = std::chrono::steady_clock;

// Long, because a machine may be busy.
constexpr std::chrono::seconds kPatience{20};

class EveryShardTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto generation = std::make_shared<const Generation>(Config{}, RouteTable{});
    for (int i = 0; i < 3; ++i) {
      shards_.push_back(std::make_unique<Shard>(generation, addresses_, MakeSyscallEgress()));
      ASSERT_EQ(shards_.back()->Start(), absl::OkStatus());
    }
  }
  void TearDown() override {
    for (const auto& shard : shards_) shard->StopAndJoin();
  }

  Numbers Do(ShardStep step, std::chrono::milliseconds time = kPatience) {
    return OnEveryShard(shards_, std::move(step), Clock::now() + time);
  }

  AddressLimits addresses_{Limits{}};
  std::vector<std::unique_ptr<Shard>> shards_;
};

TEST_F(EveryShardTest, AllDoItBeforeTheEnd) {
  std::atomic<int> done{0};
  int done_at_end = 0;
  EXPECT_EQ(Do({.task =
                    [&](Shard&, const auto& tell) {
                      ++done;
                      tell();
                    },
                .at_end = [&] { done_at_end = done; }}),
            Numbers());
  EXPECT_EQ(done_at_end, 3);
}

TEST_F(EveryShardTest, OneThatIsLateIsNamedAndEndsItLater) {
  std::promise<ShardStep::Done> late;
  std::promise<void> ended;
  EXPECT_EQ(Do({.task =
                    [&](Shard& shard, auto tell) {
                      if (&shard == shards_[1].get()) return late.set_value(std::move(tell));
                      tell();
                    },
                .at_end = [&] { ended.set_value(); }},
               std::chrono::seconds(2)),
            Numbers{1});
  auto end = ended.get_future();
  EXPECT_EQ(end.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  late.get_future().get()();
  EXPECT_EQ(end.wait_for(kPatience), std::future_status::ready);
}

// A shard goes on when there is no memory.
TEST_F(EveryShardTest, TheWaitIsOverThoughTheEndFails) {
  EXPECT_EQ(Do({.task = [](Shard&, const auto& tell) { tell(); },
                .at_end = [] { throw std::bad_alloc(); }}),
            Numbers());
}

}  // namespace
}  // namespace fanfare
