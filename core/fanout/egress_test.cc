#include "core/fanout/egress.h"

#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace fanfare {
namespace {

// A stream between two sockets of this process.
class Pair {
 public:
  Pair() { EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends_.data()), 0); }
  Pair(Pair&& other) noexcept : ends_(std::exchange(other.ends_, {-1, -1})) {}
  Pair& operator=(Pair&&) = delete;
  ~Pair() {
    for (const int end : ends_) ::close(end);
  }

  int socket() const { return ends_[0]; }
  void ClosePeer() { ::close(std::exchange(ends_[1], -1)); }
  // What has arrived.
  std::string Read() {
    std::string text(1 << 20, '\0');
    const ssize_t bytes = ::recv(ends_[1], text.data(), text.size(), MSG_DONTWAIT);
    text.resize(bytes < 0 ? 0 : static_cast<std::size_t>(bytes));
    return text;
  }

 private:
  std::array<int, 2> ends_ = {-1, -1};
};

iovec Piece(std::string& text) {
  return {.iov_base = text.data(), .iov_len = text.size()};
}

SendOp Op(const Pair& to, const std::vector<iovec>& pieces) {
  return {.socket = to.socket(),
          .count = static_cast<std::uint32_t>(pieces.size()),
          .data = pieces.data(),
          .result = 0};
}

struct Kind {
  const char* name;
  absl::StatusOr<std::unique_ptr<Egress>> (*make)();
};

class EgressTest : public ::testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    auto made = GetParam().make();
    if (!made.ok()) GTEST_SKIP() << made.status();
    egress_ = *std::move(made);
  }

  std::unique_ptr<Egress> egress_;
};

TEST_P(EgressTest, HasItsName) {
  EXPECT_EQ(egress_->name(), GetParam().name);
}

TEST_P(EgressTest, SendsTheSameBytesToManyMoreThanOneSubmissionHolds) {
  std::vector<Pair> pairs(700);
  std::string text = "the same for all";
  const std::vector<iovec> pieces = {Piece(text)};
  std::vector<SendOp> batch;
  for (const Pair& pair : pairs) batch.push_back(Op(pair, pieces));
  egress_->Send(batch);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    EXPECT_EQ(batch[i].result, static_cast<std::int64_t>(text.size()));
    EXPECT_EQ(pairs[i].Read(), text);
  }
}

TEST_P(EgressTest, SendsPiecesInTheirOrder) {
  std::vector<Pair> pairs(3);
  std::string one = "one";
  std::string two = "two";
  std::string three = "three";
  const std::vector<iovec> all = {Piece(one), Piece(two), Piece(three)};
  const std::vector<iovec> some = {Piece(three), Piece(one)};
  const std::vector<iovec> single = {Piece(two)};
  std::vector<SendOp> batch = {Op(pairs[0], all), Op(pairs[1], some), Op(pairs[2], single)};
  egress_->Send(batch);
  EXPECT_EQ(batch[0].result, 11);
  EXPECT_EQ(batch[1].result, 8);
  EXPECT_EQ(batch[2].result, 3);
  EXPECT_EQ(pairs[0].Read(), "onetwothree");
  EXPECT_EQ(pairs[1].Read(), "threeone");
  EXPECT_EQ(pairs[2].Read(), "two");
}

TEST_P(EgressTest, SaysHowMuchWasTakenAndThenThatItWouldHaveToWait) {
  std::vector<Pair> pairs(2);
  std::string much(8 << 20, 'x');
  std::string little = "little";
  const std::vector<iovec> too_much = {Piece(much)};
  const std::vector<iovec> fits = {Piece(little)};
  std::vector<SendOp> batch = {Op(pairs[0], too_much), Op(pairs[1], fits)};
  egress_->Send(batch);
  EXPECT_GT(batch[0].result, 0);
  EXPECT_LT(batch[0].result, static_cast<std::int64_t>(much.size()));
  EXPECT_EQ(batch[1].result, 6);
  egress_->Send(batch);
  EXPECT_EQ(batch[0].result, -EAGAIN);
  EXPECT_EQ(batch[1].result, 6);
}

TEST_P(EgressTest, APeerThatIsGoneIsAResultAndCostsTheOthersNothing) {
  std::vector<Pair> pairs(3);
  pairs[1].ClosePeer();
  std::string text = "text";
  const std::vector<iovec> pieces = {Piece(text)};
  std::vector<SendOp> batch = {Op(pairs[0], pieces), Op(pairs[1], pieces), Op(pairs[2], pieces)};
  egress_->Send(batch);
  EXPECT_EQ(batch[0].result, 4);
  EXPECT_EQ(batch[1].result, -EPIPE);
  EXPECT_EQ(batch[2].result, 4);
}

TEST_P(EgressTest, SendsABatchOfOneAndNoneAtAll) {
  const Pair pair;
  std::string text = "text";
  const std::vector<iovec> pieces = {Piece(text)};
  std::vector<SendOp> batch = {Op(pair, pieces)};
  egress_->Send(batch);
  EXPECT_EQ(batch[0].result, 4);
  egress_->Send({});
}

// Forbids io_uring to this process, as containers do.
void ForbidUring() {
  std::array<sock_filter, 4> filter = {{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_io_uring_setup, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  }};
  const sock_fprog program = {.len = filter.size(), .filter = filter.data()};
  const bool is_forbidden = ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                            ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
  if (!is_forbidden) std::exit(2);
}

// In a process of its own, which says what it got.
[[noreturn]] void MakeWithoutUring(EgressChoice choice) {
  ForbidUring();
  const auto egresses = MakeEgresses(choice, 2);
  std::string what(egresses.status().message());
  if (egresses.ok()) {
    for (const auto& egress : *egresses) what.append(egress->name()).append(";");
  }
  std::fprintf(stderr, "%s\n", what.c_str());
  std::exit(0);
}

TEST(NoUringTest, AutoFallsBackToSystemCalls) {
  EXPECT_EXIT(MakeWithoutUring(EgressChoice::kAuto), ::testing::ExitedWithCode(0),
              "syscalls;syscalls;");
}

TEST(NoUringTest, WhoInsistsIsToldWhy) {
  EXPECT_EXIT(MakeWithoutUring(EgressChoice::kUring), ::testing::ExitedWithCode(0),
              "egress: there is no io_uring here: io_uring_setup: Operation not permitted");
}

INSTANTIATE_TEST_SUITE_P(All, EgressTest,
                         ::testing::Values(Kind{"syscalls",
                                                []() -> absl::StatusOr<std::unique_ptr<Egress>> {
                                                  return MakeSyscallEgress();
                                                }},
                                           Kind{"io_uring", MakeUringEgress}),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace fanfare
