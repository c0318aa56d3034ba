#include "bench/load_client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <string>
#include <thread>

#include "bench/accept_key.h"
#include "bench/server_process.h"
#include "bench/subject.h"

namespace fanfare::bench {
namespace {

using std::chrono::milliseconds;

// A server for one client that answers each message with what a script says, to see whether the
// load notices every kind of wrong answer.
class ScriptedServer {
 public:
  // From the number of a message, counted from 0, and its frame as an honest server would send it,
  // to what is sent instead. An empty answer ends the connection.
  using Script = std::function<std::string(int, const std::string&)>;

  explicit ScriptedServer(Script script)
      : script_(std::move(script)), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* name = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(listener_.get(), name, size), 0);
    EXPECT_EQ(::listen(listener_.get(), 1), 0);
    EXPECT_EQ(::getsockname(listener_.get(), name, &size), 0);
    endpoint_ = {.address = "127.0.0.1", .port = ntohs(address.sin_port)};
    thread_ = std::thread([this] { Serve(); });
  }
  // The client must be gone by now: its end ends the thread.
  ~ScriptedServer() { thread_.join(); }

  const Endpoint& endpoint() const { return endpoint_; }

 private:
  void Serve() {
    const UniqueFd peer(::accept(listener_.get(), nullptr, nullptr));
    std::string received;
    while (received.find("\r\n\r\n") == received.npos) {
      if (!Read(peer.get(), received)) {
        return;
      }
    }
    received.clear();
    Send(peer.get(), "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: " +
                         AcceptKey("dGhlIHNhbXBsZSBub25jZQ==") + "\r\n\r\n");
    while (Read(peer.get(), received)) {
      while (const std::optional<Frame> frame = ParseFrame(received)) {
        std::string honest;
        AppendServerFrame(frame->opcode, frame->payload, honest);
        received.erase(0, frame->wire_bytes);
        const std::string answer = script_(messages_++, honest);
        if (answer.empty()) {
          return;
        }
        Send(peer.get(), answer);
      }
    }
  }

  // Appends what comes next; false at the end of the connection.
  static bool Read(int fd, std::string& received) {
    std::array<char, 4096> buffer{};
    const ssize_t length = ::recv(fd, buffer.data(), buffer.size(), 0);
    received.append(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(0, length)));
    return length > 0;
  }

  static void Send(int fd, const std::string& bytes) {
    ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }

  Script script_;
  UniqueFd listener_;
  Endpoint endpoint_;
  int messages_ = 0;
  std::thread thread_;
};

// The status of a run of ten messages against a script, and of the silence after it.
absl::Status RunAgainst(ScriptedServer::Script script,
                        milliseconds silence_limit = milliseconds(10'000)) {
  const ScriptedServer server(std::move(script));
  auto load = LoadClient::Connect(
      {.connect = {.server = server.endpoint()}, .silence_limit = silence_limit});
  if (!load.ok()) {
    return load.status();
  }
  const auto result = (*load)->Run({.messages_per_publisher = 10});
  return result.ok() ? (*load)->ExpectSilence(milliseconds(50)) : result.status();
}

TEST(LoadClientTest, AcceptsAnHonestServer) {
  EXPECT_TRUE(RunAgainst([](int, const std::string& honest) { return honest; }).ok());
}

TEST(LoadClientTest, NoticesADoubledMessage) {
  const absl::Status status = RunAgainst(
      [](int nth, const std::string& honest) { return nth == 5 ? honest + honest : honest; });
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
}

TEST(LoadClientTest, NoticesADoubledLastMessage) {
  const absl::Status status = RunAgainst(
      [](int nth, const std::string& honest) { return nth == 9 ? honest + honest : honest; });
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
}

TEST(LoadClientTest, NoticesAChangedMessage) {
  const absl::Status status = RunAgainst([](int nth, std::string honest) {
    honest.back() = nth == 5 ? '?' : honest.back();
    return honest;
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
}

TEST(LoadClientTest, NoticesALostMessage) {
  std::string pong;
  AppendServerFrame(Opcode::kPong, "", pong);
  const absl::Status status =
      RunAgainst([pong](int nth, const std::string& honest) { return nth == 5 ? pong : honest; },
                 milliseconds(100));
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded) << status;
}

TEST(LoadClientTest, NoticesTheEndOfAConnection) {
  const absl::Status status = RunAgainst(
      [](int nth, const std::string& honest) { return nth == 5 ? std::string() : honest; });
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
}

TEST(LoadClientTest, NoticesACloseFrame) {
  std::string close;
  AppendServerFrame(Opcode::kClose, "\x03\xF0policy", close);
  const absl::Status status = RunAgainst([close](int, const std::string&) { return close; });
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_NE(status.message().find("policy"), absl::string_view::npos) << status;
}

TEST(LoadClientTest, AnswersPingsAndJoinsFramesThatComeInPieces) {
  std::string ping;
  AppendServerFrame(Opcode::kPing, "are you there", ping);
  std::string held;
  const absl::Status status = RunAgainst([&](int nth, const std::string& honest) {
    // First a ping and half a message; its other half only when the pong has come.
    if (nth == 0) {
      held = honest.substr(20);
      return ping + honest.substr(0, 20);
    }
    const bool pong = honest[0] == static_cast<char>(0x8A);
    return pong ? held : honest;
  });
  EXPECT_TRUE(status.ok()) << status;
}

class LoadOnFloorTest : public testing::TestWithParam<Traffic> {};

TEST_P(LoadOnFloorTest, EveryDeliveryIsCounted) {
  auto floor = ServerProcess::Start({.command = Floor().command});
  ASSERT_TRUE(floor.ok()) << floor.status();
  auto load = LoadClient::Connect({.connect = {.server = (*floor)->endpoint(), .count = 100},
                                   .publishers = 4,
                                   .message_bytes = 1024});
  ASSERT_TRUE(load.ok()) << load.status();
  // Twice, because a run must leave nothing behind for the next.
  for (int run = 0; run < 2; ++run) {
    const auto result = (*load)->Run(GetParam());
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(result->deliveries, 100 * 4 * 25);
    EXPECT_EQ(result->latencies.count(), 100u * 4 * 25);
    EXPECT_GT(result->latencies.Percentile(0), 0u);
    EXPECT_LE(result->latencies.max(), static_cast<std::uint64_t>(result->nanoseconds));
  }
  EXPECT_TRUE((*load)->ExpectSilence(milliseconds(10)).ok());
}

INSTANTIATE_TEST_SUITE_P(
    Paces, LoadOnFloorTest,
    testing::Values(
        Traffic{.pace = Traffic::Pace::kLockstep, .messages_per_publisher = 25},
        Traffic{.pace = Traffic::Pace::kPipelined, .messages_per_publisher = 25},
        Traffic{.pace = Traffic::Pace::kPipelined, .window = 8, .messages_per_publisher = 25}));

}  // namespace
}  // namespace fanfare::bench
