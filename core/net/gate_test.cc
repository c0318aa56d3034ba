// Beast over the gate, on a stream in memory.
#include "core/net/gate.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/beast/_experimental/test/fail_count.hpp>
#include <boost/beast/_experimental/test/stream.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/compat.h"

namespace fanfare {
namespace {

namespace websocket = beast::websocket;
using TestStream = beast::test::stream;

constexpr std::string_view kHandshake =
    "GET /chat HTTP/1.1\r\n"
    "Host: localhost\r\n"
    "Upgrade: websocket\r\n"
    "Connection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Version: 13\r\n"
    "\r\n";

// A frame as a client sends it: final, masked (with zeros), at most 125 bytes.
std::string ClientFrame(std::uint8_t opcode, std::string_view payload) {
  std::string frame;
  frame += static_cast<char>(0x80 | opcode);
  frame += static_cast<char>(0x80 | payload.size());
  frame += std::string(4, '\0');
  frame += payload;
  return frame;
}

constexpr std::uint8_t kText = 1;
constexpr std::uint8_t kClose = 8;
constexpr std::uint8_t kPing = 9;
const std::string kNormalClosure("\x03\xe8", 2);

// Keeps what Beast wrote.
class RecordingSink final : public GateSink {
 public:
  // With a `fault`, each write is one more operation that may be the one that fails.
  explicit RecordingSink(beast::test::fail_count* fault = nullptr) : fault_(fault) {}

  bool OnWrite(std::string_view bytes) override {
    error_code ec;
    if (fault_ != nullptr && fault_->fail(ec)) return false;
    written += bytes;
    return true;
  }
  void OnCloseFrame() override { ++close_frames; }
  void OnTeardown() override { ++teardowns; }
  void OnStreamClosed() override { ++closed; }

  std::string written;
  int close_frames = 0;
  int teardowns = 0;
  int closed = 0;

 private:
  beast::test::fail_count* fault_;
};

using Stream = websocket::stream<Gate<TestStream>>;

// Accepts, reads until the session ends, and closes it by itself after `close_after` messages.
class TestSession {
 public:
  TestSession(TestStream stream, std::string read_before, RecordingSink& sink)
      : ws_(std::move(stream), std::move(read_before), static_cast<GateSink&>(sink)) {}

  void Run() {
    ws_.async_accept([this](error_code ec) {
      accepted = !ec;
      if (ec) {
        end = ec;
      } else {
        Read();
      }
    });
  }

  std::optional<std::size_t> close_after;
  bool accepted = false;
  std::string messages;
  // How reading ended, and how our own close did.
  std::optional<error_code> end;
  std::optional<error_code> our_close;

 private:
  void Read() {
    ws_.async_read(buffer_, [this](error_code ec, std::size_t) {
      if (ec) {
        end = ec;
        return;
      }
      messages += beast::buffers_to_string(buffer_.data()) + ";";
      buffer_.clear();
      if (++count_ == close_after) {
        ws_.async_close(websocket::close_code::going_away,
                        [this](error_code closed) { our_close = closed; });
      }
      Read();
    });
  }

  std::size_t count_ = 0;
  beast::flat_buffer buffer_;
  Stream ws_;
};

TEST(GateTest, TheHandshakeGoesThroughTheSink) {
  net::io_context context;
  RecordingSink sink;
  TestStream stream(context, kHandshake);
  TestStream peer(context);
  stream.connect(peer);
  TestSession session(std::move(stream), "", sink);
  session.Run();
  context.poll();
  EXPECT_TRUE(session.accepted);
  EXPECT_EQ(sink.written.rfind("HTTP/1.1 101 ", 0), 0U);
  // The key's example answer, RFC 6455 section 1.3.
  EXPECT_NE(sink.written.find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), std::string::npos);
  EXPECT_EQ(peer.str(), "") << "nothing is written past the gate";
}

TEST(GateTest, BytesThatWereReadBeforeComeFirst) {
  net::io_context context;
  RecordingSink sink;
  const std::string first = std::string(kHandshake) + ClientFrame(kText, "one").substr(0, 4);
  TestStream stream(context, ClientFrame(kText, "one").substr(4) + ClientFrame(kText, "two"));
  TestStream peer(context);
  stream.connect(peer);
  TestSession session(std::move(stream), first, sink);
  session.Run();
  context.poll();
  EXPECT_EQ(session.messages, "one;two;");
}

TEST(GateTest, APingIsAnsweredThroughTheSink) {
  net::io_context context;
  RecordingSink sink;
  TestStream stream(context, std::string(kHandshake) + ClientFrame(kPing, "hi"));
  TestStream peer(context);
  stream.connect(peer);
  TestSession session(std::move(stream), "", sink);
  session.Run();
  context.poll();
  EXPECT_TRUE(sink.written.ends_with("\x8a\x02hi")) << "a pong";
  EXPECT_EQ(sink.close_frames, 0);
}

TEST(GateTest, APeersCloseIsAnsweredAndTornDown) {
  net::io_context context;
  RecordingSink sink;
  TestStream stream(context, std::string(kHandshake) + ClientFrame(kText, "bye") +
                                 ClientFrame(kClose, kNormalClosure));
  TestStream peer(context);
  stream.connect(peer);
  TestSession session(std::move(stream), "", sink);
  session.Run();
  context.poll();
  EXPECT_EQ(session.messages, "bye;");
  EXPECT_TRUE(sink.written.ends_with("\x88\x02" + kNormalClosure));
  EXPECT_EQ(sink.close_frames, 1);
  EXPECT_EQ(sink.teardowns, 1);
  EXPECT_FALSE(session.end) << "waits for the peer to close its side";
  peer.close();
  context.poll();
  EXPECT_EQ(session.end, error_code(websocket::error::closed));
}

TEST(GateTest, OurCloseEndsWithThePeersAnswer) {
  net::io_context context;
  RecordingSink sink;
  TestStream stream(context, std::string(kHandshake) + ClientFrame(kText, "one"));
  TestStream peer(context);
  stream.connect(peer);
  TestSession session(std::move(stream), "", sink);
  session.close_after = 1;
  session.Run();
  context.poll();
  EXPECT_EQ(sink.close_frames, 1);
  EXPECT_FALSE(session.end);
  net::write(peer, net::buffer(ClientFrame(kClose, "\x03\xe9")));
  peer.close();
  context.poll();
  EXPECT_EQ(session.our_close, error_code());
  // Beast gives the last word to one of the two operations, and aborts the other.
  EXPECT_EQ(session.end, error_code(net::error::operation_aborted));
  EXPECT_EQ(sink.teardowns, 1);
}

TEST(GateTest, ARefusedWriteEndsTheHandshake) {
  net::io_context context;
  beast::test::fail_count fault(0);
  RecordingSink sink(&fault);
  TestStream stream(context, kHandshake);
  TestStream peer(context);
  stream.connect(peer);
  TestSession session(std::move(stream), "", sink);
  session.Run();
  context.poll();
  EXPECT_FALSE(session.accepted);
  EXPECT_EQ(session.end, error_code(net::error::no_buffer_space));
}

// A whole conversation, again and again: the first read or write fails, then the second, … until
// none does. Each must end with an error, once, whatever was going on.
TEST(GateTest, EveryOperationMayFail) {
  for (const bool we_close : {false, true}) {
    std::size_t failing = 0;
    bool complete = false;
    while (!complete) {
      ASSERT_LT(failing, 100U) << "the conversation never comes to its end";
      net::io_context context;
      beast::test::fail_count fault(failing++);
      RecordingSink sink(&fault);
      std::string conversation(kHandshake);
      conversation += ClientFrame(kText, "one") + ClientFrame(kPing, "ping") +
                      ClientFrame(kText, "two") + ClientFrame(kClose, kNormalClosure);
      TestStream stream(context, fault);
      // Small pieces make many operations.
      stream.read_size(16);
      TestStream peer(context);
      stream.connect(peer);
      net::write(peer, net::buffer(conversation));
      peer.close();
      TestSession session(std::move(stream), "", sink);
      if (we_close) session.close_after = 1;
      session.Run();
      context.run();
      ASSERT_TRUE(session.end) << "failing at operation " << failing - 1;
      complete = we_close ? session.our_close == error_code()
                          : session.end == error_code(websocket::error::closed);
      if (complete) {
        EXPECT_EQ(session.messages.substr(0, 4), "one;");
        EXPECT_EQ(sink.close_frames, 1);
      }
    }
    EXPECT_GT(failing, 10U) << "hardly anything was tried";
  }
}

}  // namespace
}  // namespace fanfare
