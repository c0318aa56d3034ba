#include "tests/faulty_egress.h"

#include <algorithm>

namespace fanfare::testing {
namespace {

class FaultyEgress final : public Egress {
 public:
  explicit FaultyEgress(Fault& fault) : fault_(fault) {}

  void Send(std::span<SendOp> batch) override {
    for (SendOp& op : batch) {
      if (fault_.sends++ != fault_.at) {
        usual_->Send({&op, 1});
      } else if (fault_.result < 0) {
        op.result = fault_.result;
      } else {
        TakeSome(op);
      }
    }
  }
  std::string_view name() const override { return "faulty"; }

 private:
  void TakeSome(SendOp& op) {
    iovec some = *op.data;
    some.iov_len = std::min(some.iov_len, static_cast<std::size_t>(fault_.result));
    SendOp part{.socket = op.socket, .count = 1, .data = &some, .result = 0};
    usual_->Send({&part, 1});
    op.result = part.result;
  }

  const std::unique_ptr<Egress> usual_ = MakeSyscallEgress();
  Fault& fault_;
};

}  // namespace

std::function<std::unique_ptr<Egress>()> MakeFaultyEgress(Fault& fault) {
  return [&fault] { return std::make_unique<FaultyEgress>(fault); };
}

}  // namespace fanfare::testing
