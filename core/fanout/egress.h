// Sends one loop turn's batch.
#pragma once

#include <sys/uio.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

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

}  // namespace fanfare
