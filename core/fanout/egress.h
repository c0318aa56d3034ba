// Sends one loop turn's batch.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace fanfare {

// What is to be sent to one socket, and what came of it.
struct SendOp {
  int socket;
  // How many pieces `data` points to; at least one.
  std::uint32_t count;
  const iovec* data;
  // Set by Egress::Send: how many bytes the kernel took, or a negative errno (-EAGAIN when it would
  // have to wait).
  std::int64_t result;
};

// Hands bytes to the kernel for many sockets at once, never waiting for any of them.
//
// Thread: one shard's. A socket occurs at most once in a batch. A peer that is gone is a result
// (-EPIPE, -ECONNRESET), never a signal.
class Egress {
 public:
  virtual ~Egress() = default;

  virtual void Send(std::span<SendOp> batch) = 0;
  // For the line that is logged at start.
  virtual std::string_view name() const = 0;
};

// One system call (`send`, or `sendmsg` for several pieces) to a socket.
std::unique_ptr<Egress> MakeSyscallEgress();

// One io_uring submission to all sockets of a batch. The error says why it can not be had: an old
// kernel, or a container or sysctl that forbids it. The first thread that sends is the only one
// that ever may.
absl::StatusOr<std::unique_ptr<Egress>> MakeUringEgress();

// The setting `egress`.
enum class EgressChoice {
  // io_uring, and where it can not be had, which is logged, system calls.
  kAuto,
  // An error where it can not be had.
  kUring,
  kSyscalls,
};

// `count` of them, all of one kind.
absl::StatusOr<std::vector<std::unique_ptr<Egress>>> MakeEgresses(EgressChoice choice,
                                                                  std::size_t count);

}  // namespace fanfare
