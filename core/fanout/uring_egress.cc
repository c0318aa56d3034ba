#include <liburing.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "core/check.h"
#include "core/fanout/egress.h"

namespace fanfare {
namespace {

constexpr int kFlags = MSG_DONTWAIT | MSG_NOSIGNAL;
// Operations that are submitted at once.
constexpr unsigned kEntries = 256;
// Below this, system calls cost less than a submission.
constexpr std::size_t kFewOps = 2;

// The cheapest set-up first, as Linux 6.1 and newer have it; then what older ones know. The ring is
// made on one thread and used on another, and so starts disabled.
constexpr std::array<unsigned, 3> kSetups = {
    IORING_SETUP_R_DISABLED | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN,
    IORING_SETUP_R_DISABLED | IORING_SETUP_COOP_TASKRUN,
    IORING_SETUP_R_DISABLED,
};

absl::Status Unavailable(int error, const char* what) {
  return absl::UnavailableError(absl::StrCat(what, ": ", std::generic_category().message(error)));
}

// Nothing was submitted, and trying again will do.
bool IsTransient(int error) {
  return error == EINTR || error == EAGAIN || error == EBUSY;
}

class UringEgress final : public Egress {
 public:
  UringEgress() = default;
  ~UringEgress() override {
    if (made_) io_uring_queue_exit(&ring_);
  }
  UringEgress(const UringEgress&) = delete;
  UringEgress& operator=(const UringEgress&) = delete;

  absl::Status Init() {
    int error = 0;
    for (const unsigned setup : kSetups) {
      error = -io_uring_queue_init(kEntries, &ring_, setup);
      if (error != EINVAL) break;
    }
    if (error != 0) return Unavailable(error, "io_uring_setup");
    made_ = true;
    return Probe();
  }

  void Send(std::span<SendOp> batch) override {
    if (batch.size() < kFewOps) return few_->Send(batch);
    if (!enabled_) Enable();
    while (!batch.empty()) {
      const std::size_t count = std::min<std::size_t>(batch.size(), kEntries);
      SubmitAll(batch.first(count));
      batch = batch.subspan(count);
    }
  }

  std::string_view name() const override { return "io_uring"; }

 private:
  absl::Status Probe() {
    io_uring_probe* const probe = io_uring_get_probe_ring(&ring_);
    const bool can_send = probe != nullptr &&
                          io_uring_opcode_supported(probe, IORING_OP_SEND) != 0 &&
                          io_uring_opcode_supported(probe, IORING_OP_SENDMSG) != 0;
    io_uring_free_probe(probe);
    return can_send ? absl::OkStatus() : Unavailable(ENOSYS, "IORING_OP_SEND");
  }

  // From now on the calling thread alone may submit.
  void Enable() {
    enabled_ = true;
    // Debian's liburing declares io_uring_enable_rings, and forgot to export it.
    const long result =
        ::syscall(SYS_io_uring_register, ring_.ring_fd, IORING_REGISTER_ENABLE_RINGS, nullptr, 0);
    FANFARE_CHECK(result == 0, "a ring can be enabled once");
    // Spares the kernel a look into the table of descriptors; where it can not, nothing is lost.
    io_uring_register_ring_fd(&ring_);
  }

  // At most kEntries operations: one system call. None of them waits, and so all are complete when
  // it returns.
  void SubmitAll(std::span<SendOp> ops) {
    for (std::size_t i = 0; i < ops.size(); ++i) Prepare(ops[i], i);
    std::size_t waiting = ops.size();
    while (waiting > 0) {
      const int submitted = io_uring_submit_and_wait(&ring_, static_cast<unsigned>(waiting));
      const bool is_in_order = submitted >= 0 || IsTransient(-submitted);
      FANFARE_CHECK(is_in_order, "the kernel takes what it offered to take");
      waiting -= TakeResults(ops);
    }
  }

  void Prepare(const SendOp& op, std::size_t index) {
    io_uring_sqe* const entry = io_uring_get_sqe(&ring_);
    if (op.count == 1) {
      io_uring_prep_send(entry, op.socket, op.data->iov_base, op.data->iov_len, kFlags);
    } else {
      msghdr& message = messages_[index];
      message = {};
      // Only read.
      message.msg_iov = const_cast<iovec*>(op.data);
      message.msg_iovlen = op.count;
      io_uring_prep_sendmsg(entry, op.socket, &message, kFlags);
    }
    io_uring_sqe_set_data64(entry, index);
  }

  std::size_t TakeResults(std::span<SendOp> ops) {
    unsigned head = 0;
    unsigned count = 0;
    io_uring_cqe* completion = nullptr;
    io_uring_for_each_cqe(&ring_, head, completion) {
      ops[completion->user_data].result = completion->res;
      ++count;
    }
    io_uring_cq_advance(&ring_, count);
    return count;
  }

  io_uring ring_{};
  bool made_ = false;
  bool enabled_ = false;
  const std::unique_ptr<Egress> few_ = MakeSyscallEgress();
  std::array<msghdr, kEntries> messages_{};
};

}  // namespace

absl::StatusOr<std::unique_ptr<Egress>> MakeUringEgress() {
  auto egress = std::make_unique<UringEgress>();
  if (absl::Status status = egress->Init(); !status.ok()) return status;
  return egress;
}

}  // namespace fanfare
