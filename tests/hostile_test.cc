// Peers that mean harm: what each tries has a bound, and a counter.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "tests/client.h"
#include "tests/raw_client.h"
#include "tests/test_server.h"
#include "tests/tls_client.h"

namespace fanfare::testing {
namespace {

constexpr std::size_t kMegabyte = 1024 * 1024;
// More than the server and the kernel would take in, if there were no bound.
constexpr std::size_t kMost = 64 * kMegabyte;
constexpr std::chrono::milliseconds kNoMore(500);

Limits Hurried() {
  Limits limits;
  limits.handshake_time = std::chrono::seconds(1);
  return limits;
}

// Sends a byte at a time, so that each comes soon after the one before, until it is cut off.
void Trickle(RawClient& client, std::string_view bytes) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  for (std::size_t i = 0; !client.socket().readable(); i = (i + 1) % bytes.size()) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "nobody minds";
    client.WriteIfOpen(bytes.substr(i, 1));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

// The close frame, behind whatever else is sent.
ReceivedFrame ReadClose(RawClient& client) {
  ReceivedFrame frame = client.ReadFrame();
  while (frame.opcode != kClose) frame = client.ReadFrame();
  return frame;
}

// Closed as who breaks a rule, with the setting's name, and counted once.
void ExpectRefused(RawClient& client, const TestServer& server, std::string_view setting,
                   std::string_view counter) {
  const ReceivedFrame close = ReadClose(client);
  EXPECT_EQ(close.close_code(), 1008);
  EXPECT_NE(close.close_reason().find(setting), std::string::npos) << close.close_reason();
  EXPECT_EQ(server.Count(counter), 1U);
}

TEST(HostileTest, WhoConnectsAndSitsIsCut) {
  TestServer server(LocalConfig(Hurried()));
  RawClient client(server.endpoint());
  EXPECT_EQ(client.ReadToEnd(), "");
  EXPECT_TRUE(WaitUntil([&] { return server.Count("handshake_timeouts") == 1; }));
  EXPECT_TRUE(server.WaitForSessions(0));
}

TEST(HostileTest, WhoConnectsForTlsAndSitsIsCut) {
  TestServer server(SecureConfig(Hurried()));
  RawClient silent(server.endpoint());
  EXPECT_EQ(silent.ReadToEnd(), "");
  // A ClientHello that never ends.
  RawClient slow(server.endpoint());
  Trickle(slow, "\x16\x03\x01\x3f\xff\x01");
  EXPECT_TRUE(WaitUntil([&] { return server.Count("handshake_timeouts") == 2; }));
  EXPECT_EQ(server.Count("tls_handshakes"), 0U);
}

TEST(HostileTest, ABodyThatTricklesIsCut) {
  TestServer server(LocalConfig(Hurried()));
  RawClient client(server.endpoint());
  client.Write("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n");
  Trickle(client, "body");
  EXPECT_TRUE(WaitUntil([&] { return server.Count("handshake_timeouts") == 1; }));
}

TEST(HostileTest, AnAnswerThatIsNotReadIsCut) {
  TestServer server(LocalConfig(Hurried()));
  RawClient client(server.endpoint(), {.receive_buffer = 4096});
  const std::string requests = [] {
    std::string all;
    for (int i = 0; i < 1000; ++i) all += "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    return all;
  }();
  // As many as it answers, until its socket would block; and then no more.
  std::size_t sent = 0;
  while (client.socket().WriteFor(requests, kNoMore) == requests.size()) {
    ASSERT_LT(sent += requests.size(), kMost) << "the server answers whatever comes";
  }
  EXPECT_TRUE(server.WaitForSessions(0));
}

TEST(HostileTest, HugeHeadersAreRefused) {
  TestServer server;
  {
    // In one piece, and each of them small.
    RawClient client(server.endpoint());
    std::string request = "GET /nowhere HTTP/1.1\r\nHost: x\r\n";
    while (request.size() < Limits().header_bytes) request += "a: b\r\n";
    client.WriteIfOpen(request + "\r\n");
    EXPECT_EQ(client.ReadReply().status, 431U);
  }
  for (const std::string& start :
       {std::string("GET /") + std::string(kMegabyte, 'a'),
        "GET /chat HTTP/1.1\r\nHost: x\r\nX-Large: " + std::string(kMegabyte, 'a'),
        "GET /chat HTTP/1.1\r\nHost: x\r\n" + [] {
          std::string many;
          for (int i = 0; i < 100'000; ++i) many += "a: b\r\n";
          return many;
        }()}) {
    RawClient client(server.endpoint());
    client.WriteIfOpen(start);
    EXPECT_EQ(client.ReadReply().status, 431U);
  }
  EXPECT_EQ(server.Count("headers_too_big"), 4U);
}

// What stands between the parts of a body that comes in chunks, and behind it, is not the body.
TEST(HostileTest, HugeChunksAreRefused) {
  constexpr std::string_view kStart =
      "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  TestServer server;
  for (const std::string& body :
       {"1;" + std::string(kMegabyte, 'x'), "0\r\nX-Large: " + std::string(kMegabyte, 'x'),
        std::string(kMegabyte, '0')}) {
    RawClient client(server.endpoint());
    client.WriteIfOpen(std::string(kStart) + body);
    const unsigned status = client.ReadReply().status;
    EXPECT_TRUE(status == 431 || status == 400) << status;
  }
  RawClient client(server.endpoint());
  client.WriteIfOpen(std::string(kStart) + "ffffffffff\r\n" + std::string(kMegabyte, 'x'));
  EXPECT_EQ(client.ReadReply().status, 413U);
  EXPECT_EQ(server.Count("bodies_too_big"), 1U);
  EXPECT_EQ(server.Count("requests_refused"), 4U);
}

TEST(HostileTest, AMessageOfEndlessEmptyFragmentsIsClosed) {
  TestServer server;
  RawClient client = RawClient::Open(server.endpoint(), "/echo");
  client.Write({.payload = "begun", .final = false});
  std::string fragments;
  for (int i = 0; i < 10'000; ++i) {
    fragments += Encode({.opcode = kContinuation, .payload = "", .final = false});
  }
  for (std::size_t sent = 0; server.Count("messages_too_fragmented") == 0;) {
    ASSERT_LT(sent += fragments.size(), kMost) << "nobody minds";
    client.WriteIfOpen(fragments);
  }
  ExpectRefused(client, server, "limits.message_frames", "messages_too_fragmented");
}

TEST(HostileTest, FragmentsOfOneSessionAreNotCountedForOthers) {
  Limits limits;
  limits.message_frames = 10;
  Config config = LocalConfig(limits);
  // What one has used is the other's next.
  config.threads = 1;
  TestServer server(config);
  RawClient client = RawClient::Open(server.endpoint(), "/echo");
  RawClient other = RawClient::Open(server.endpoint(), "/echo");
  std::string frames = Encode({.payload = "", .final = false});
  for (int i = 0; i < 20; ++i) {
    frames += Encode({.opcode = kContinuation, .payload = "", .final = false});
  }
  // It has an end.
  client.Write(frames + Encode({.opcode = kContinuation, .payload = ""}));
  EXPECT_EQ(ReadClose(client).close_code(), 1008);
  other.Write({.opcode = kPing, .payload = "still here"});
  const ReceivedFrame pong = other.ReadFrame();
  EXPECT_EQ(pong.opcode, kPong);
  EXPECT_EQ(pong.payload, "still here");
  other.Write(TextFrame("and stays"));
  EXPECT_EQ(other.ReadFrame().payload, "and stays");
}

TEST(HostileTest, AMessageInSomeFragmentsIsNot) {
  TestServer server;
  RawClient client = RawClient::Open(server.endpoint(), "/echo");
  std::string frames = Encode({.payload = "x", .final = false});
  for (int i = 0; i < 10'000; ++i) {
    frames += Encode({.opcode = kContinuation, .payload = "x", .final = false});
  }
  client.Write(frames + Encode({.opcode = kContinuation, .payload = "x"}));
  EXPECT_EQ(client.ReadFrame().payload, std::string(10'002, 'x'));
}

TEST(HostileTest, AFloodOfPingsIsClosed) {
  TestServer server;
  RawClient client = RawClient::Open(server.endpoint(), "/echo");
  Client other(server.endpoint(), "/echo");
  std::string pings;
  for (int i = 0; i < 1000; ++i) pings += Encode({.opcode = kPing, .payload = "?"});
  client.WriteIfOpen(pings);
  ExpectRefused(client, server, "limits.control_frames_per_second", "control_floods");
  other.SendText("still here");
  EXPECT_EQ(other.ReceiveText(), "still here");
}

TEST(HostileTest, AFloodOfPongsThatNobodyAskedForIsClosed) {
  TestServer server;
  RawClient client = RawClient::Open(server.endpoint(), "/echo");
  for (std::size_t sent = 0; server.Count("control_floods") == 0; ++sent) {
    ASSERT_LT(sent, 1'000'000U) << "nobody minds";
    client.WriteIfOpen(Encode({.opcode = kPong, .payload = ""}));
  }
  EXPECT_EQ(ReadClose(client).close_code(), 1008);
}

TEST(HostileTest, AMessageThatTricklesIsClosed) {
  Limits limits;
  limits.message_time = std::chrono::seconds(1);
  TestServer server(LocalConfig(limits));
  RawClient client = RawClient::Open(server.endpoint(), "/echo");
  client.Write(TextFrame(std::string(60'000, 'x')).substr(0, 100));
  Trickle(client, "xx");
  ExpectRefused(client, server, "limits.message_seconds", "messages_too_slow");
}

// Whoever sends one after the other is always in the middle of one.
TEST(HostileTest, MessagesThatFollowEachOtherAreNot) {
  Limits limits;
  limits.message_time = std::chrono::seconds(3);
  TestServer server(LocalConfig(limits));
  RawClient client = RawClient::Open(server.endpoint(), "/echo");
  const std::string frame = TextFrame("one after the other");
  client.Write(frame.substr(0, 5));
  const auto start = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - start < std::chrono::seconds(4)) {
    client.Write(frame.substr(5) + frame.substr(0, 5));
    ASSERT_EQ(client.ReadFrame().payload, "one after the other");
  }
  EXPECT_EQ(server.Count("messages_too_slow"), 0U);
}

TEST(HostileTest, AFloodOfNewKeysIsClosed) {
  TestServer server(SecureConfig());
  TlsClient client(server.endpoint());
  client.Write(HandshakeFor("/echo"));
  EXPECT_NE(client.ReadUntil("\r\n\r\n"), "");
  for (int i = 0; i < 101; ++i) client.peer().UpdateKeys();
  client.Flush();
  EXPECT_NE(client.ReadUntil("limits.control_frames_per_second"), "");
  EXPECT_EQ(server.Count("control_floods"), 1U);
  EXPECT_EQ(server.Count("tls_failures"), 0U);
  // Whoever goes on is cut.
  for (int i = 0; i < 200; ++i) client.peer().UpdateKeys();
  client.Flush();
  EXPECT_TRUE(server.WaitForSessions(0));
  EXPECT_EQ(server.Count("tls_failures"), 1U);
}

TEST(HostileTest, AFloodOfNewKeysBeforeARequestIsCut) {
  TestServer server(SecureConfig());
  TlsClient client(server.endpoint());
  for (int i = 0; i < 200; ++i) client.peer().UpdateKeys();
  client.Flush();
  EXPECT_TRUE(WaitUntil([&] { return server.Count("tls_failures") == 1; }));
  EXPECT_TRUE(WaitUntil([&] { return server->open_connections() == 0; }));
}

// Compression is not offered, and so nothing that is small on the wire becomes large.
TEST(HostileTest, ACompressedBombIsNoMessage) {
  TestServer server;
  RawClient client(server.endpoint());
  std::string handshake = HandshakeFor("/echo");
  handshake.insert(handshake.find("\r\n") + 2,
                   "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n");
  client.Write(handshake);
  const HttpReply reply = client.ReadReply();
  EXPECT_EQ(reply.status, 101U);
  EXPECT_EQ(reply.Header("Sec-WebSocket-Extensions"), "");
  client.Write({.opcode = kBinary, .payload = "a bomb", .reserved = 0x40});
  EXPECT_EQ(ReadClose(client).close_code(), 1002);
}

TEST(HostileTest, ACompressedBodyIsABodyLikeOthers) {
  TestServer server;
  RawClient client(server.endpoint());
  client.WriteIfOpen(
      "POST /api/rooms/a/messages HTTP/1.1\r\nHost: localhost\r\n"
      "Content-Type: application/json\r\nContent-Encoding: gzip\r\n"
      "Content-Length: 4\r\n\r\n\x1f\x8b\x08\x08");
  const unsigned status = client.ReadReply().status;
  EXPECT_GE(status, 400U);
  EXPECT_LT(status, 500U);
}

TEST(HostileTest, WhoGoesOnAfterTheCloseIsCut) {
  TestServer server(LocalConfig(Hurried()));
  RawClient client = RawClient::Open(server.endpoint(), "/echo");
  client.Write(CloseFrame(1000));
  EXPECT_EQ(ReadClose(client).close_code(), 1000);
  const std::string more = TextFrame(std::string(1000, 'x'));
  EXPECT_TRUE(WaitUntil([&] {
    client.WriteIfOpen(more);
    return server->open_connections() == 0;
  }));
}

}  // namespace
}  // namespace fanfare::testing
