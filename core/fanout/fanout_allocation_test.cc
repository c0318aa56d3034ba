// That a broadcast allocates nothing for each of its receivers.

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/channel.h"
#include "core/fanout/egress.h"
#include "core/fanout/fanout.h"
#include "core/fanout/socket_writer.h"
#include "core/subscription.h"
#include "core/testing/allocations.h"

namespace fanfare {
namespace {

// Takes everything, and counts it.
class CountingEgress final : public Egress {
 public:
  explicit CountingEgress(std::size_t& sends) : sends_(sends) {}

  void Send(std::span<SendOp> batch) override {
    for (SendOp& op : batch) {
      op.result = 0;
      for (std::uint32_t i = 0; i < op.count; ++i) {
        op.result += static_cast<std::int64_t>(op.data[i].iov_len);
      }
    }
    sends_ += batch.size();
  }
  std::string_view name() const override { return "counting"; }

 private:
  std::size_t& sends_;
};

class Receiver final : private SocketWriter::Owner {
 public:
  Receiver(Fanout& fanout, Channel& channel, int socket)
      : writer_(fanout, *this, socket, {.outbox_bytes = 1 << 20}),
        subscription_(writer_.Subscribe(channel)) {}

  void SubscribeAlsoTo(Channel& channel) { second_ = Subscription(writer_.Subscribe(channel)); }

 private:
  void WaitWritable() override {}
  void OnSendFailed() override {}
  void OnFellBehind(std::optional<std::uint64_t>) override {}
  void OnMissed(const std::string&, std::uint64_t) override {}
  void OnProgress() override {}
  LogSubject subject() const override { return {.peer = "receiver"}; }

  SocketWriter writer_;
  Subscription subscription_;
  Subscription second_;
};

class FanoutAllocationTest : public ::testing::Test {
 protected:
  void Run() {
    while (!tasks_.empty()) {
      const std::function<void()> task = std::move(tasks_.front());
      tasks_.pop_front();
      task();
    }
  }

  // How often a broadcast of some messages to so many receivers allocates.
  std::size_t Allocations(int receivers) {
    Channel channel("channel", {.log_bytes = 1 << 20});
    std::vector<std::unique_ptr<Receiver>> all;
    for (int i = 0; i < receivers; ++i) {
      all.push_back(std::make_unique<Receiver>(fanout_, channel, i));
    }
    const auto broadcast = [&] {
      for (int i = 0; i < kMessages; ++i) {
        channel.Publish({.type = MessageType::kText, .payload = "to all"});
      }
      Run();
    };
    // What is kept from turn to turn is allocated in the first.
    broadcast();
    const std::size_t before = testing::Allocations();
    sends_ = 0;
    broadcast();
    const std::size_t after = testing::Allocations();
    EXPECT_EQ(sends_, static_cast<std::size_t>(receivers)) << "one for all messages of the turn";
    return after - before;
  }

  static constexpr int kMessages = 5;

  std::deque<std::function<void()>> tasks_;
  std::size_t sends_ = 0;
  Stats stats_;
  Fanout fanout_{std::make_unique<CountingEgress>(sends_),
                 [this](std::function<void()> task) { tasks_.push_back(std::move(task)); },
                 // All in one turn, however slow the machine is.
                 {.turn_budget = std::chrono::hours(1)},
                 stats_};
};

TEST_F(FanoutAllocationTest, ABroadcastAllocatesNothingForEachReceiver) {
  fanout_.BindToThisThread();
  EXPECT_EQ(Allocations(1000), Allocations(1));
}

// Whichever of its allocations fails.
TEST_F(FanoutAllocationTest, ASubscriptionThatThereIsNoMemoryForHarmsNobody) {
  fanout_.BindToThisThread();
  bool has_failed = true;
  std::size_t good = 0;
  for (; has_failed; ++good) {
    SCOPED_TRACE(good);
    Channel first("first", {.log_bytes = 1 << 20});
    Channel second("second", {.log_bytes = 1 << 20});
    const Receiver other(fanout_, first, 1);
    std::unique_ptr<Receiver> receiver;
    has_failed = false;
    testing::FailAllocationAfter(good);
    try {
      receiver = std::make_unique<Receiver>(fanout_, second, 2);
      receiver->SubscribeAlsoTo(first);
    } catch (const std::bad_alloc&) {
      has_failed = true;
    }
    testing::FailNoAllocation();
    sends_ = 0;
    first.Publish({.type = MessageType::kText, .payload = "to all"});
    second.Publish({.type = MessageType::kText, .payload = "to all"});
    Run();
    EXPECT_EQ(sends_, receiver == nullptr ? 1U : 2U);
  }
  EXPECT_GT(good, 5U);
}

}  // namespace
}  // namespace fanfare
