// What the steps of a message cost inside the server, without sockets.
//
//   bazel run -c opt //bench:micro
//
// Two of these are promises: Publish must not grow with the number of subscribers, and neither
// Publish nor Turn may allocate for each of them.

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/channel.h"
#include "core/fanout/egress.h"
#include "core/fanout/fanout.h"
#include "core/fanout/frame.h"
#include "core/fanout/log.h"
#include "core/fanout/socket_writer.h"
#include "core/route.h"
#include "core/router.h"
#include "core/stats.h"
#include "core/subscription.h"

namespace fanfare::bench {
namespace {

class NoRoute final : public Route {};

// Takes everything.
class NoEgress final : public Egress {
 public:
  void Send(std::span<SendOp> batch) override {
    for (SendOp& op : batch) {
      op.result = 0;
      for (std::uint32_t i = 0; i < op.count; ++i) {
        op.result += static_cast<std::int64_t>(op.data[i].iov_len);
      }
    }
  }
  std::string_view name() const override { return "none"; }
};

// A session as far as fan-out cares.
class NoSession final : public SocketWriter::Owner {
 public:
  NoSession(Fanout& fanout, int socket)
      : writer_(fanout, *this, socket, {.outbox_bytes = 1 << 20}) {}

  Subscription Subscribe(Channel& channel) { return Subscription(writer_.Subscribe(channel)); }

 private:
  void WaitWritable() override {}
  void OnSendFailed() override {}
  void OnFellBehind(std::optional<std::uint64_t>) override {}
  void OnMissed(const std::string&, std::uint64_t) override {}
  void OnProgress() override {}
  LogSubject subject() const override { return {}; }

  SocketWriter writer_;
};

// A channel with subscribers on one shard, whose turns are run by hand.
class Room {
 public:
  explicit Room(std::size_t subscribers)
      : fanout_(
            std::make_unique<NoEgress>(), [](std::function<void()>) {}, {}, stats_),
        channel_("room", {.log_bytes = 64 << 20}) {
    fanout_.BindToThisThread();
    for (std::size_t i = 0; i < subscribers; ++i) {
      sessions_.push_back(std::make_unique<NoSession>(fanout_, static_cast<int>(i)));
      subscriptions_.push_back(sessions_.back()->Subscribe(channel_));
    }
  }

  Channel& channel() { return channel_; }
  void Turn() { fanout_.RunTurn(std::chrono::hours(1)); }

 private:
  Stats stats_;
  Fanout fanout_;
  Channel channel_;
  std::vector<std::unique_ptr<NoSession>> sessions_;
  std::vector<Subscription> subscriptions_;
};

const std::string& Payload(std::size_t bytes) {
  static std::string payload;
  payload.assign(bytes, 'x');
  return payload;
}

void RouterFind(benchmark::State& state, std::string_view path) {
  NoRoute route;
  Router router;
  for (const char* pattern : {"/", "/echo", "/chat", "/chat/{room}", "/api/rooms/{room}/messages",
                              "/api/rooms/{room}/members", "/static/*"}) {
    if (!router.Add(pattern, "route", route).ok()) return state.SkipWithError("bad pattern");
  }
  if (router.Find(path).route == nullptr) return state.SkipWithError("finds nothing");
  for (auto _ : state) benchmark::DoNotOptimize(router.Find(path));
}
BENCHMARK_CAPTURE(RouterFind, literal, "/chat");
BENCHMARK_CAPTURE(RouterFind, parameter, "/chat/lobby");
BENCHMARK_CAPTURE(RouterFind, deep, "/api/rooms/lobby/messages");
BENCHMARK_CAPTURE(RouterFind, escaped, "/chat/caf%C3%A9");

void FrameEncode(benchmark::State& state) {
  const Message message{.type = MessageType::kText,
                        .payload = Payload(static_cast<std::size_t>(state.range(0)))};
  for (auto _ : state) benchmark::DoNotOptimize(FrameHeader(message));
}
BENCHMARK(FrameEncode)->Arg(64)->Arg(1024)->Arg(1 << 17);

void LogAppend(benchmark::State& state) {
  const Message message{.type = MessageType::kText,
                        .payload = Payload(static_cast<std::size_t>(state.range(0)))};
  Log log(1 << 20);
  for (auto _ : state) log.Append(message);
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(LogAppend)->Arg(64)->Arg(1024)->Arg(64 << 10);

// One call of Channel::Publish; the turns in between are not counted.
void Publish(benchmark::State& state) {
  Room room(static_cast<std::size_t>(state.range(0)));
  const Message message{.type = MessageType::kText, .payload = Payload(64)};
  constexpr int kMessagesOfATurn = 10'000;
  while (state.KeepRunningBatch(kMessagesOfATurn)) {
    for (int i = 0; i < kMessagesOfATurn; ++i) room.channel().Publish(message);
    state.PauseTiming();
    room.Turn();
    state.ResumeTiming();
  }
}
BENCHMARK(Publish)->ArgName("subscribers")->Arg(1)->Arg(1000)->Arg(100'000);

// A turn that sends one message to all subscribers: what a delivery costs besides its system call.
void Turn(benchmark::State& state) {
  Room room(static_cast<std::size_t>(state.range(0)));
  const Message message{.type = MessageType::kText, .payload = Payload(64)};
  for (auto _ : state) {
    room.channel().Publish(message);
    room.Turn();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(Turn)->ArgName("subscribers")->Arg(1)->Arg(1000)->Arg(100'000);

}  // namespace
}  // namespace fanfare::bench
