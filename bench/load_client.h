// The load side of a benchmark: many clients in one thread.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "bench/connect.h"
#include "bench/delivery_check.h"
#include "bench/frame.h"
#include "bench/frame_stream.h"
#include "bench/latency_histogram.h"
#include "bench/message.h"
#include "core/unique_fd.h"

namespace fanfare::bench {

struct LoadOptions {
  // How many clients connect, where and how. All of them get every message.
  ConnectOptions connect;
  // The first so many clients publish too; at most connect.count.
  int publishers = 1;
  std::size_t message_bytes = 64;
  // With the chat's JSON protocol, which connect.subprotocol must name: the room of connect.path,
  // in which messages are published. Else empty, and what is said is a message as it is.
  std::string json_room = {};
  // A run fails when nothing is delivered for so long.
  std::chrono::milliseconds silence_limit{10'000};
};

// What one run publishes.
struct Traffic {
  // When a publisher that has sent a message may send its next.
  enum class Pace {
    // When every client has got all messages: one fan-out at a time, the latency of a quiet room.
    kLockstep,
    // When it has got its own message back itself: publishers do not wait for each other, and a
    // server may gather what they send. The throughput of a busy room.
    kPipelined,
  };
  Pace pace = Pace::kLockstep;
  // How many messages of each publisher may be under way.
  int window = 1;
  int messages_per_publisher = 1;
};

struct LoadResult {
  std::int64_t nanoseconds = 0;
  std::int64_t deliveries = 0;
  // Of the payloads of the frames that brought them.
  std::int64_t payload_bytes = 0;
  // Of every delivery: from just before the send call, to just after the recv call.
  LatencyHistogram latencies;
};

// The load side of a benchmark: many WebSocket clients in one thread, which publish messages in a
// closed loop, receive them, and check that every client gets every message exactly once and in its
// publisher's order. Anything else, and any silence, is an error of the run.
//
// It lives in the benchmark's process, so that its cost is never charged to the server. One thread
// only. After a run that failed nothing more can be run.
class LoadClient {
 public:
  // Connects all clients.
  static absl::StatusOr<std::unique_ptr<LoadClient>> Connect(const LoadOptions& options);

  // Publishes, and returns when every client has got every message.
  absl::StatusOr<LoadResult> Run(const Traffic& traffic);

  // Listens for `duration`; an error if any message comes, because each was delivered already.
  absl::Status ExpectSilence(std::chrono::milliseconds duration);

 private:
  struct Client {
    UniqueFd fd;
    FrameStream stream;
  };

  LoadClient(const LoadOptions& options, std::vector<ClientSocket> sockets);

  // Waits at most `limit` for bytes and handles what has come.
  absl::Status Turn(std::chrono::milliseconds limit);
  absl::Status Receive(std::size_t client);
  absl::Status TakeFrames(std::size_t client, std::span<char>& bytes, std::uint64_t now);
  absl::Status TakeText(std::size_t client, std::string_view payload, std::uint64_t now);
  absl::Status TakeMessage(std::size_t client, std::string_view payload, std::uint64_t now);
  // Publishes what the windows of all publishers have room for.
  absl::Status FillWindows();
  absl::Status Publish(std::size_t publisher);
  absl::Status Send(std::size_t client, Opcode opcode, std::string_view payload);
  std::int64_t DeliveriesSoFar() const {
    return static_cast<std::int64_t>(result_.latencies.count());
  }

  const LoadOptions options_;
  const MessageFormat format_;
  std::vector<Client> clients_;
  DeliveryCheck check_;
  UniqueFd epoll_;
  // One buffer for all clients: what arrives is taken apart before the next recv.
  std::vector<char> buffer_ = std::vector<char>(256 << 10);
  // What one turn looks at, at most.
  std::array<epoll_event, 1024> events_{};
  std::string outgoing_;

  // The run under way.
  Traffic traffic_;
  LoadResult result_;
  // Per publisher, until messages_per_publisher.
  std::vector<int> left_to_publish_;
};

}  // namespace fanfare::bench
