#include <sys/socket.h>

#include <cerrno>

#include "core/fanout/egress.h"

namespace fanfare {
namespace {

constexpr int kFlags = MSG_DONTWAIT | MSG_NOSIGNAL;

class SyscallEgress final : public Egress {
 public:
  void Send(std::span<SendOp> batch) override {
    for (SendOp& op : batch) {
      ssize_t sent;
      do {
        sent = op.count == 1 ? ::send(op.socket, op.data->iov_base, op.data->iov_len, kFlags)
                             : SendPieces(op);
      } while (sent < 0 && errno == EINTR);
      op.result = sent < 0 ? -errno : sent;
    }
  }

  std::string_view name() const override { return "syscalls"; }

 private:
  static ssize_t SendPieces(const SendOp& op) {
    msghdr message{};
    // sendmsg only reads what this points to.
    message.msg_iov = const_cast<iovec*>(op.data);
    message.msg_iovlen = op.count;
    return ::sendmsg(op.socket, &message, kFlags);
  }
};

}  // namespace

std::unique_ptr<Egress> MakeSyscallEgress() {
  return std::make_unique<SyscallEgress>();
}

}  // namespace fanfare
